"""What one connection may cost the others: a turn, a place, a request."""

import asyncio
import os
import sys
import tempfile
import time
from collections import Counter

from peers import Client, Tally
from scene import Scene

APART = os.path.join(os.path.dirname(os.path.abspath(__file__)), "apart.py")
MOST_P99 = 0.25  # seconds; where nobody gives up a turn it is more than one


class ApartScene:
    """As Scene, with the API in processes of its own."""

    def __init__(self, run, seconds):
        self.run, self.seconds, self.tally = run, seconds, Tally()

    async def __aenter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="whogoes-apart-")
        self.file = os.path.join(self.folder.name, "ids")
        self.server = await self.start("serve", self.seconds, self.file)
        self.proxy = self.run.proxy(int(await self.server.stdout.readline()), workers=1)
        return self

    async def __aexit__(self, kind, error, trace):
        self.proxy.close()
        self.server.terminate()
        await self.server.wait()
        self.folder.cleanup()

    async def start(self, *words):
        return await asyncio.create_subprocess_exec(
            sys.executable, APART, *map(str, words), stdout=asyncio.subprocess.PIPE)

    def most_often(self):
        """How often the API saw the POST that it saw most."""
        with open(self.file, encoding="ascii") as ids:
            return max(Counter(ids).values())


async def post_race(run):
    """An API that ends a connection after its fifth answer, unannounced: a POST may have been on its
    way already and is never sent twice; one that had not left must not go out on it."""
    count = run.some(8000, 2000)
    async with ApartScene(run, 60) as scene:
        await scene.tally.many(scene.proxy.port, count, 40, fault=b"five", method=b"POST",
                               body=b"pay")
        scene.tally.only(200, 502)
        lost = scene.tally.statuses[502]
        scene.tally.note(f"{lost} of {count} POSTs met the end of their connection")
        scene.tally.expect(run.rival or lost <= count // 50, "more than have to")
        scene.tally.expect(scene.most_often() == 1, "a POST was sent twice")
    return scene.tally


async def bulk_beside_small(run):
    """Downloads that neither side ever waits for, and small requests on the same worker."""
    seconds, times = run.some(20, 4), {}
    async with ApartScene(run, 3 * seconds) as scene:
        tally, port = scene.tally, scene.proxy.port

        async def ask(which):
            client, end = Client(port), time.monotonic() + seconds
            while time.monotonic() < end:
                begin = time.monotonic()
                await tally.ask(client)
                times.setdefault(which, []).append(time.monotonic() - begin)
                await asyncio.sleep(0.02)
            client.close()

        await asyncio.gather(*(ask("alone") for _ in range(8)))
        readers = [await scene.start("read", port, seconds + 1) for _ in range(2)]
        await asyncio.gather(*(ask("beside") for _ in range(8)))
        octets = sum([int((await reader.communicate())[0]) for reader in readers])
        tally.only(200)
        for which, slowest in times.items():
            slowest.sort()
            half, most = slowest[len(slowest) // 2], slowest[len(slowest) * 99 // 100]
            tally.note(f"small requests {which}: p50 {half * 1e3:.1f} ms, p99 {most * 1e3:.1f} ms")
        tally.note(f"bulk: {octets / (seconds + 1) / 1e6:.0f} MB/s")
        tally.expect(octets > 0, "nothing was downloaded")
        tally.expect(most < MOST_P99, "the downloads keep the worker to themselves")
    return tally


async def upgrade_with_body(run):
    """The API switches before it has read the body, which never comes: no place is kept for it."""
    async with Scene(run, workers=1, connections=16) as scene:
        await scene.still_serves()
        before = scene.proxy.descriptors()

        async def upgrade():
            reader, writer = await asyncio.open_connection("127.0.0.1", scene.proxy.port)
            writer.write(b"POST /chaos HTTP/1.1\r\nHost: chaos\r\nX-Fault: switch\r\n"
                         b"Connection: Upgrade\r\nUpgrade: chaos\r\nContent-Length: 100000\r\n\r\n"
                         b"12345")
            answer = await reader.read(12)
            if answer:
                scene.tally.expect(answer == b"HTTP/1.1 101", f"told {answer}, not 101")
                await reader.read()
            writer.close()

        await asyncio.wait_for(asyncio.gather(*(upgrade() for _ in range(run.some(160, 48)))), 40)
        await scene.gives_descriptors_back(before, spare=2)
        await scene.still_serves()
    return scene.tally


ALL = [post_race, bulk_beside_small, upgrade_with_body]
ALSO_BY_OTHERS = [post_race, bulk_beside_small]
