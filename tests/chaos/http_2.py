"""HTTP/2 in plain octets, as far as a peer needs it that does what no library would.

Field blocks are written without Huffman and, but for what a flood is about, without a table. Of one
that is read only the first octet is understood: whether it says ":status: 200".
"""

import asyncio
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING = 0, 1, 3, 4, 6
GOAWAY, WINDOW_UPDATE, CONTINUATION = 7, 8, 9
END_STREAM, END_HEADERS, ACK = 1, 4, 1
INITIAL_WINDOW_SIZE = 4


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def settings(*pairs):
    return frame(SETTINGS, 0, 0, b"".join(struct.pack(">HI", *pair) for pair in pairs))


def string(octets):
    size = len(octets)
    if size < 127:
        return bytes([size]) + octets
    head, size = [127], size - 127
    while size > 127:
        head.append(size & 127 | 128)
        size >>= 7
    return bytes(head + [size]) + octets


def literal(name, value):
    return b"\x00" + string(name) + string(value)


def request(path=b"/", fields=(), method=b"\x82"):
    """:method GET (0x82) or POST (0x83), :scheme http, :path and :authority."""
    return (method + b"\x86\x04" + string(path) + b"\x01" + string(b"chaos") +
            b"".join(literal(*field) for field in fields))


def answer(fields=(), status=b"\x88"):
    return status + b"".join(literal(*field) for field in fields)


class Frames:
    """Frames of one connection."""

    def __init__(self, reader):
        self.reader = reader

    async def next(self):
        """Kind, flags, stream, payload; None at the connection's end."""
        try:
            head = await self.reader.readexactly(9)
            payload = await self.reader.readexactly(int.from_bytes(head[:3], "big"))
        except (asyncio.IncompleteReadError, OSError):
            return None
        return head[3], head[4], int.from_bytes(head[5:], "big") & 0x7fffffff, payload


class Stream:
    def __init__(self):
        self.ok = self.reset = False
        self.body = b""
        self.over = asyncio.get_running_loop().create_future()


class Client:
    """One connection; its requests are made at the same time."""

    async def connect(self, port, *pairs):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        self.writer.write(PREFACE + settings((INITIAL_WINDOW_SIZE, 2 ** 24), *pairs) +
                          frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 2 ** 30)))
        self.streams, self.last, self.went_away = {}, -1, False
        self.task = asyncio.create_task(self.read())
        return self

    async def read(self):
        frames = Frames(self.reader)
        while (got := await frames.next()) is not None:
            kind, flags, number, payload = got
            stream = self.streams.get(number)
            if kind == SETTINGS and not flags & ACK:
                self.writer.write(frame(SETTINGS, ACK, 0))
            elif kind == PING and not flags & ACK:
                self.writer.write(frame(PING, ACK, 0, payload))
            elif kind == GOAWAY:
                self.went_away = True
            elif stream is None:
                continue
            elif kind == HEADERS and payload.lstrip(b"\x3f\x20")[:1] == b"\x88":
                stream.ok = True
            elif kind == DATA:
                stream.body += payload
            elif kind == RST_STREAM:
                stream.reset = True
            if stream is not None and not stream.over.done() and (
                    kind == RST_STREAM or kind in (HEADERS, DATA) and flags & END_STREAM):
                stream.over.set_result(None)
        for stream in self.streams.values():
            if not stream.over.done():
                stream.reset = True
                stream.over.set_result(None)

    def ask(self, block, body=None):
        """A Stream, whose `over` is to be awaited."""
        self.last += 2
        stream = self.streams[self.last] = Stream()
        self.writer.write(frame(HEADERS, END_HEADERS | (END_STREAM if body is None else 0),
                                self.last, block))
        if body is not None:
            self.writer.write(frame(DATA, END_STREAM, self.last, body))
        return stream

    async def close(self):
        self.writer.close()
        await self.task
