"""Faults of clients and APIs that speak HTTP/2, and of gRPC's calls."""

import asyncio
import random
import struct
from collections import Counter

import http_2
from http_2 import END_HEADERS, END_STREAM, frame
from peers import Listening, reset
from scene import Scene, settled

GRPC = [(b"content-type", b"application/grpc"), (b"te", b"trailers"),
        (b"authorization", b"Bearer q7Lm2vX9sT4cR8wK1nB5dF3gH6jM0pZy")]


def message(octets):
    return b"\0" + struct.pack(">I", len(octets)) + octets


def call(name=b"Get"):
    return http_2.request(b"/chaos.Calls/" + name, GRPC, b"\x83")


class Server(Listening):
    """An API that speaks HTTP/2 with prior knowledge. What it does with a call is the call's first
    word: bodies are plain octets, while field blocks would have to be understood."""

    def __init__(self):
        self.seen, self.connections, self.cancelled = Counter(), set(), 0

    def respond(self, writer, stream, body):
        word, _, name = body[5:].partition(b" ")
        self.seen[name] += 1
        head = http_2.answer([(b"content-type", b"application/grpc")])
        refusal = http_2.answer([(b"content-type", b"application/grpc"), (b"grpc-status", b"16")])
        if word == b"refuse":
            writer.write(frame(http_2.HEADERS, END_HEADERS | END_STREAM, stream, refusal))
        elif word == b"reset":
            writer.write(frame(http_2.RST_STREAM, 0, stream, struct.pack(">I", 2)))
        elif word == b"half":
            writer.write(frame(http_2.HEADERS, END_HEADERS, stream, head) +
                         frame(http_2.DATA, 0, stream, message(b"half")) +
                         frame(http_2.RST_STREAM, 0, stream, struct.pack(">I", 2)))
        elif word == b"leave":
            # Of the streams of this connection, none above this one was looked at.
            writer.write(frame(http_2.GOAWAY, 0, 0, struct.pack(">II", stream, 0)))
            writer.write(frame(http_2.RST_STREAM, 0, stream, struct.pack(">I", 7)))
            self.seen[name] -= 1
        elif word == b"die":
            reset(writer)
        elif word == b"never":
            pass
        else:
            writer.write(frame(http_2.HEADERS, END_HEADERS, stream, head) +
                         frame(http_2.DATA, 0, stream, body) +
                         frame(http_2.HEADERS, END_HEADERS | END_STREAM, stream,
                               http_2.literal(b"grpc-status", b"0")))

    async def serve(self, reader, writer):
        self.connections.add(writer)
        bodies = {}
        try:
            await reader.readexactly(len(http_2.PREFACE))
            writer.write(http_2.settings())
            frames = http_2.Frames(reader)
            while (got := await frames.next()) is not None:
                kind, flags, stream, payload = got
                if kind == http_2.SETTINGS and not flags & http_2.ACK:
                    writer.write(frame(http_2.SETTINGS, http_2.ACK, 0))
                elif kind == http_2.PING and not flags & http_2.ACK:
                    writer.write(frame(http_2.PING, http_2.ACK, 0, payload))
                elif kind == http_2.RST_STREAM:
                    self.cancelled += 1
                elif kind == http_2.HEADERS:
                    bodies[stream] = b""
                elif kind == http_2.DATA:
                    bodies[stream] += payload
                    if payload:
                        more = struct.pack(">I", len(payload))
                        writer.write(frame(http_2.WINDOW_UPDATE, 0, 0, more))
                if kind in (http_2.HEADERS, http_2.DATA) and flags & END_STREAM:
                    self.respond(writer, stream, bodies.pop(stream))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.connections.discard(writer)
            writer.close()


class CallScene(Scene):
    """As Scene, with an API of gRPC."""

    async def __aenter__(self):
        self.api = await Server().start()
        self.options.setdefault("scheme", "h2c")
        await super().__aenter__()
        await self.upstream.stop()
        self.client = await http_2.Client().connect(self.proxy.port)
        return self

    def make_proxy(self):
        return self.run.proxy(self.api.port, **self.options)

    async def __aexit__(self, kind, error, trace):
        await self.client.close()
        await super().__aexit__(kind, error, trace)
        await self.api.stop()

    async def calls(self, word, count, client=None):
        """Streams, once they are over; each call has a name of its own."""
        client = client or self.client
        names = [b"%s %d" % (word, self.tally.requests + number) for number in range(count)]
        self.tally.requests += count
        streams = [client.ask(call(), message(name)) for name in names]
        await asyncio.wait_for(asyncio.gather(*(stream.over for stream in streams)), 30)
        self.tally.statuses += Counter(200 if stream.ok else 0 for stream in streams)
        return streams

    async def still_serves(self):
        client = await http_2.Client().connect(self.proxy.port)
        streams = await self.calls(b"echo", 20, client)
        self.tally.expect(all(stream.ok and stream.body[5:9] == b"echo" and not stream.reset
                              for stream in streams), "calls are not answered any more")
        await client.close()


async def http_2_clients_gone(run):
    """Clients of HTTP/2 that leave after any number of octets, in good order or not."""
    block = http_2.request(b"/chaos", [(b"x-fault", b"slow")], b"\x83")
    octets = http_2.PREFACE + http_2.settings() + b"".join(
        frame(http_2.HEADERS, END_HEADERS, stream, block) +
        frame(http_2.DATA, END_STREAM, stream, b"x" * 100) for stream in (1, 3, 5))
    chance = random.Random(run.seed)

    async def leave(port):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(octets[:chance.randrange(len(octets) + 1)])
        await asyncio.sleep(chance.random() * 0.05)
        if chance.random() < 0.5:
            reset(writer)
        else:
            writer.close()

    async with Scene(run) as scene:
        await scene.leaves_nothing(leave)
    return scene.tally


async def calls_answered(run):
    """Calls that share a connection on either side: each gets its own answer or refusal."""
    async with CallScene(run, workers=1) as scene:
        for _ in range(run.some(50, 10)):
            streams, refused = await asyncio.gather(scene.calls(b"echo", 60),
                                                    scene.calls(b"refuse", 20))
            scene.tally.expect(all(stream.body[5:9] == b"echo" for stream in streams),
                               "an answer is another call's, or none")
            scene.tally.expect(not any(stream.body for stream in refused), "a refusal has a body")
        scene.tally.only(200)
        scene.tally.expect(max(scene.api.seen.values()) == 1, "a call reached the API twice")
        refused = run.some(50, 10) * 20

        def told():
            return sum("rpc" in record for record in scene.proxy.records())

        scene.tally.expect(await settled(lambda: told() == refused, 5),
                           f"{told()} records of {refused} refused calls")
    return scene.tally


async def calls_reset(run):
    """The API resets streams, before an answer or within: those calls fail, their neighbours not."""
    async with CallScene(run, workers=1) as scene:
        for word in (b"reset", b"half"):
            streams, others = await asyncio.gather(scene.calls(word, 40), scene.calls(b"echo", 40))
            scene.tally.expect(all(stream.ok and not stream.reset for stream in others),
                               f"{word}: a neighbour's call failed")
            scene.tally.expect(word != b"half" or all(stream.reset for stream in streams),
                               "an answer that broke off passes for whole")
        await scene.still_serves()
    return scene.tally


async def calls_sent_away(run):
    """The API says GOAWAY and refuses a stream: nothing was done, so the call is asked again on
    another connection; and what died with its connection is told, and never asked twice."""
    async with CallScene(run, workers=1) as scene:
        for _ in range(run.some(30, 6)):
            await scene.calls(b"leave", 1)
            await scene.calls(b"die", 3)
            await scene.still_serves()
        twice = [name for name, count in scene.api.seen.items() if count > 1]
        scene.tally.expect(not twice, f"calls reached the API twice: {twice[:3]}")
    return scene.tally


async def callers_gone(run):
    """Clients that leave while their calls are under way: each is cancelled at the API."""
    async with CallScene(run, workers=1) as scene:
        for _ in range(run.some(20, 5)):
            client = await http_2.Client().connect(scene.proxy.port)
            seen = sum(scene.api.seen.values())
            cancelled = scene.api.cancelled
            for number in range(20):
                scene.tally.requests += 1
                client.ask(call(), message(b"never %d" % scene.tally.requests))
            reached = await settled(lambda: sum(scene.api.seen.values()) >= seen + 20, 5)
            scene.tally.expect(reached, "calls do not reach the API")
            reset(client.writer)
            told = await settled(lambda: scene.api.cancelled >= cancelled + 20, 5)
            scene.tally.expect(told, f"{scene.api.cancelled - cancelled} of 20 were cancelled")
            await client.task
        await scene.still_serves()
    return scene.tally


ALL = [http_2_clients_gone, calls_answered, calls_reset, calls_sent_away, callers_gone]
