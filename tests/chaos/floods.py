"""Clients of HTTP/2 that send what costs and brings nothing: memory stays flat, others are served
meanwhile, and the flood's connection ends with a word and a line in the log."""

import asyncio
import struct
import time

import http_2
from http_2 import frame
from peers import Client
from scene import Scene, settled

MOST_GROWN = 6 * 1024  # KiB, over all connections of a flood
MOST_HELD = 24 * 1024  # KiB, by a connection of 200 streams: each what one of HTTP/1.1 would
MOST_SLOWER = 0.1  # seconds, at the 99th of 100: who floods runs on the same processor


def rapid_reset(number):
    """CVE-2023-44487: each request is taken back at once."""
    return b"".join(frame(http_2.HEADERS, 5, stream, http_2.request()) +
                    frame(http_2.RST_STREAM, 0, stream, struct.pack(">I", 8))
                    for stream in range(number * 2 + 1, number * 2 + 401, 2))


def made_you_reset(number):
    """CVE-2025-8671: a request, and a window that grows too far, for which it has to be reset."""
    return b"".join(frame(http_2.HEADERS, 5, stream, http_2.request()) +
                    frame(http_2.WINDOW_UPDATE, 0, stream, struct.pack(">I", 2 ** 31 - 1))
                    for stream in range(number * 2 + 1, number * 2 + 401, 2))


def endless_fields(number):
    """A field block that never ends."""
    begin = frame(http_2.HEADERS, 1, 1, http_2.request()) if number == 0 else b""
    return begin + frame(http_2.CONTINUATION, 0, 1, http_2.literal(b"x", b"y" * 1000)) * 200


def pings(_):
    return frame(http_2.PING, 0, 0, bytes(8)) * 200


def all_settings(_):
    return http_2.settings() * 200


def reference_bomb(number):
    """Four KiB in the table, and twelve thousand references to it: a list of 47 MiB in 12 KiB."""
    entry = b"\x40" + http_2.string(b"bomb") + http_2.string(b"x" * 3900)
    first = http_2.request() + entry if number == 0 else http_2.request()
    return b"".join(frame(http_2.HEADERS, 5, stream,
                          (first if stream == 1 else http_2.request()) + b"\xbe" * 12000)
                    for stream in range(number * 2 + 1, number * 2 + 41, 2))


class Floods:
    """One lane's connections, one after the other: how many the proxy ended, and with GOAWAY."""

    def __init__(self, port, octets_of, step, seconds):
        self.port, self.octets_of, self.step = port, octets_of, step
        self.end = time.monotonic() + seconds
        self.ended = self.goodbyes = self.sent = 0

    async def run(self):
        while time.monotonic() < self.end:
            try:
                await self.one()
            except (OSError, asyncio.TimeoutError):
                pass

    async def one(self):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        seen = []

        async def read():
            frames = http_2.Frames(reader)
            while (got := await frames.next()) is not None:
                seen.append(got[0])

        reading = asyncio.create_task(read())
        number = 0
        writer.write(http_2.PREFACE + http_2.settings())
        try:
            while time.monotonic() < self.end and http_2.GOAWAY not in seen and not reading.done():
                octets = self.octets_of(number)
                writer.write(octets)
                await asyncio.wait_for(writer.drain(), 5)
                self.sent += len(octets)
                number += self.step
                await asyncio.sleep(0.005)
        finally:
            ended = time.monotonic() < self.end
            writer.close()
            await asyncio.wait_for(reading, 5)
            self.ended += ended
            self.goodbyes += ended and http_2.GOAWAY in seen


async def measured(port, tally, seconds):
    """How long another client's requests take, sorted."""
    client, times, end = Client(port), [], time.monotonic() + seconds
    while time.monotonic() < end:
        begin = time.monotonic()
        tally.expect(await tally.ask(client) == 200, "another client is not served")
        times.append(time.monotonic() - begin)
        await asyncio.sleep(0.01)
    client.close()
    return sorted(times)


def told(scene):
    return [record for record in scene.proxy.records() if "HTTP/2" in record.get("msg", "")]


def words_of(times):
    return (f"p50 {times[len(times) // 2] * 1e3:.1f} ms, "
            f"p99 {times[len(times) * 99 // 100] * 1e3:.1f} ms")


async def play(run, octets_of, step):
    seconds, crowd = run.some(10, 2), 8
    async with Scene(run, workers=1) as scene:
        tally, port = scene.tally, scene.proxy.port
        alone = await measured(port, tally, seconds / 2)
        before = scene.proxy.resident_kib()
        most = before

        async def watch():
            nonlocal most
            while True:
                most = max(most, scene.proxy.resident_kib())
                await asyncio.sleep(0.02)

        watching = asyncio.create_task(watch())
        lanes = [Floods(port, octets_of, step, seconds) for _ in range(crowd)]
        beside, *_ = await asyncio.gather(measured(port, tally, seconds),
                                          *(lane.run() for lane in lanes))
        watching.cancel()
        ended, goodbyes = (sum(getattr(lane, word) for lane in lanes)
                           for word in ("ended", "goodbyes"))
        await settled(lambda: len(told(scene)) >= ended, 3)
        lines = told(scene)
        tally.note(f"memory {before} KiB before, {most} KiB at most, "
                   f"{sum(lane.sent for lane in lanes) / 1e6:.1f} MB sent; {ended} connections ended, "
                   f"{goodbyes} with GOAWAY, {len(lines)} lines: "
                   f"{lines[0]['msg'] if lines else 'none'}")
        tally.note(f"another client alone: {words_of(alone)}; beside it: {words_of(beside)}; "
                   f"{scene.upstream.seen[None]} requests of the flood reached the API")
        tally.only(200)
        tally.expect(most - before < MOST_GROWN, f"{most - before} KiB more than before")
        tally.expect(beside[len(beside) * 99 // 100] < alone[len(alone) * 99 // 100] + MOST_SLOWER,
                     "another client waits for the flood")
        tally.expect(ended >= crowd, "the floods are not ended")
        tally.expect(goodbyes == ended, f"{ended - goodbyes} connections ended without GOAWAY")
        # Those that were under way when the time was over may have their line, too.
        tally.expect(ended <= len(lines) <= ended + crowd,
                     f"{len(lines)} lines in the log for {ended} floods")
        await scene.still_serves()
    return scene.tally


async def flood_of_resets(run):
    return await play(run, rapid_reset, 200)


async def flood_of_own_resets(run):
    return await play(run, made_you_reset, 200)


async def flood_of_continuations(run):
    return await play(run, endless_fields, 1)


async def flood_of_pings(run):
    return await play(run, pings, 1)


async def flood_of_settings(run):
    return await play(run, all_settings, 1)


async def flood_of_references(run):
    return await play(run, reference_bomb, 20)


async def windows_that_stay_shut(run):
    """Streams whose answers nobody takes: what waits for them is bounded, and they are let go."""
    crowd, streams = 8, 200
    async with Scene(run, workers=1, idle="4s") as scene:
        tally, port = scene.tally, scene.proxy.port
        alone = await measured(port, tally, 1)
        before = scene.proxy.resident_kib()
        clients = [await http_2.Client().connect(port, (http_2.INITIAL_WINDOW_SIZE, 0))
                   for _ in range(crowd)]
        asked = [client.ask(http_2.request(b"/chaos", [(b"x-fault", b"large")]))
                 for client in clients for _ in range(streams)]
        # The API shares this process, and has to be done with its answers.
        await settled(lambda: scene.upstream.seen[None] >= crowd * streams, 20)
        await asyncio.sleep(0.5)
        beside = await measured(port, tally, 1)
        most = scene.proxy.resident_kib()
        await asyncio.wait_for(asyncio.gather(*(stream.over for stream in asked)), 20)
        tally.note(f"memory {before} KiB before, {most} KiB with {crowd * streams} streams that "
                   f"wait; {sum(stream.reset for stream in asked)} of them were reset")
        tally.note(f"another client alone: {words_of(alone)}; beside it: {words_of(beside)}")
        tally.expect(all(stream.reset for stream in asked), "a stream nobody takes was not let go")
        tally.expect(most - before < MOST_HELD * crowd, f"{most - before} KiB more than before")
        for client in clients:
            await client.close()
        await scene.still_serves()
    return scene.tally


ALL = [flood_of_resets, flood_of_own_resets, flood_of_continuations, flood_of_pings,
       flood_of_settings, flood_of_references, windows_that_stay_shut]
