"""Both ends of the proxy: an API that misbehaves as it is asked to, and clients that count."""

import asyncio
import socket
import struct
from collections import Counter


def reset(writer):
    """Ends a connection so that the other side sees a reset."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def field(head, name):
    for line in head.split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.lower() == name:
            return value.strip()
    return None


def reply(status, body=b"", fields=b""):
    return (b"HTTP/1.1 %d Status\r\nContent-Length: %d\r\n" % (status, len(body)) + fields +
            b"\r\n" + body)


class Listening:
    """A server of `serve(reader, writer)` that ends with all of its `connections`."""

    connections: set

    async def start(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, backlog=4096)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def stop(self):
        self.server.close()
        for writer in list(self.connections):
            writer.transport.abort()
        await asyncio.sleep(0)


class Upstream(Listening):
    """What it does with a request stands in that request's X-Fault."""

    def __init__(self):
        self.seen = Counter()  # by X-Id: whole requests that reached the API
        self.connections = set()
        self.release = asyncio.Event()  # for X-Fault: hold
        self.held = 0

    async def serve(self, reader, writer):
        self.connections.add(writer)
        served = 0
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                fault = field(head, b"x-fault") or b""
                length = int(field(head, b"content-length") or 0)
                if fault == b"early":
                    writer.write(reply(401, b"early", b"Connection: close\r\n"))
                    await writer.drain()
                    # Neither read on nor end in good order: what still comes meets a reset.
                    return
                if fault == b"switch":
                    writer.write(b"HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\n"
                                 b"Upgrade: chaos\r\n\r\n")
                    await reader.read()
                    return
                if length:
                    await reader.readexactly(length)
                served += 1
                self.seen[field(head, b"x-id")] += 1
                if fault == b"reset":
                    reset(writer)
                    return
                if fault == b"fifth" and served % 5 == 0:
                    return
                if fault == b"slow":
                    await asyncio.sleep(0.2)
                if fault == b"hold":
                    self.held += 1
                    await self.release.wait()
                if fault == b"refuse":
                    writer.write(reply(401, b'{"error":"invalid_token"}',
                                       b"Content-Type: application/json\r\n"))
                else:
                    writer.write(reply(200, b"x" * 200_000 if fault == b"large" else b"fine"))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the proxy left, or the scene is over
        finally:
            self.connections.discard(writer)
            writer.close()


class Lost(Exception):
    """A request whose answer never came whole."""


class Client:
    """One connection at a time; opens a new one where the last was closed."""

    def __init__(self, port, keep=True):
        self.port = port
        self.keep = keep
        self.reader = self.writer = None

    async def connect(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(self, request_id, fault=b"", method=b"GET", body=b""):
        """The status, or Lost."""
        if self.writer is None:
            await self.connect()
        head = (method + b" /chaos HTTP/1.1\r\nHost: chaos\r\nX-Id: " + request_id +
                b"\r\nX-Fault: " + fault + b"\r\n")
        if body or method == b"POST":
            head += b"Content-Length: %d\r\n" % len(body)
        if not self.keep:
            head += b"Connection: close\r\n"
        try:
            self.writer.write(head + b"\r\n" + body)
            answer = await self.reader.readuntil(b"\r\n\r\n")
            await self.reader.readexactly(int(field(answer, b"content-length") or 0))
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            self.close()
            raise Lost(repr(error)) from error
        if field(answer, b"connection") == b"close":
            self.close()
        return int(answer.split(b" ", 2)[1])

    def close(self):
        if self.writer is not None:
            self.writer.transport.abort()
            self.reader = self.writer = None


class Tally:
    """What became of a number of requests."""

    def __init__(self, upstream=None):
        self.upstream = upstream
        self.statuses = Counter()
        self.requests = self.lost = 0
        self.flaws = []
        self.notes = []

    @property
    def answered(self):
        return sum(self.statuses.values())

    @property
    def doubled(self):
        """POSTs that the API saw twice; a GET may be sent again."""
        if self.upstream is None:
            return 0
        return sum(n > 1 for i, n in self.upstream.seen.items() if i and i.startswith(b"POST"))

    async def ask(self, client, fault=b"", method=b"GET", body=b""):
        self.requests += 1
        request_id = method + b"-%d-%d" % (id(self), self.requests)
        try:
            status = await client.ask(request_id, fault, method, body)
        except (Lost, OSError) as error:
            self.lost += 1
            self.flaws.append(f"lost: {error}")
            return 0
        self.statuses[status] += 1
        return status

    async def many(self, port, count, lanes, **request):
        """`count` requests over `lanes` connections that are kept."""
        async def lane(share):
            client = Client(port)
            for _ in range(share):
                await self.ask(client, **request)
            client.close()
        await asyncio.gather(*(lane(count // lanes) for _ in range(lanes)))

    def note(self, words):
        self.notes.append(words)

    def expect(self, holds, words):
        if not holds:
            self.flaws.append(words)

    def only(self, *statuses):
        others = {s: n for s, n in self.statuses.items() if s not in statuses}
        self.expect(not others, f"answers with other statuses: {others}")
