"""Ten minutes of everything at once, and what memory does meanwhile."""

import asyncio
import random
import time

import http_2
from http_2_faults import CallScene, call, message
from peers import Client, reset
from scene import Scene

WARM, WHOLE = 60, 600  # seconds
MOST_GROWN = 1024  # KiB


async def ends_as_it_began(scene, lanes):
    """Runs the lanes to their end: memory and descriptors are then what they were once warm."""
    tasks = [asyncio.create_task(lane) for lane in lanes]
    await asyncio.sleep(WARM)
    before = scene.proxy.resident_kib()
    descriptors = scene.proxy.descriptors()
    await asyncio.gather(*tasks)
    after = scene.proxy.resident_kib()
    scene.tally.note(f"memory {before} KiB after {WARM} s, {after} KiB after {WHOLE} s, "
                     f"{scene.proxy.cpu_seconds():.0f} s of processor time")
    scene.tally.expect(after - before < MOST_GROWN, f"{after - before} KiB more than at first")
    await scene.gives_descriptors_back(descriptors)
    await scene.still_serves()


async def soak(run):
    """Kept and new connections, refusals, uploads, resets, clients that leave: RSS stays flat."""
    async with Scene(run) as scene:
        port, tally, chance = scene.proxy.port, scene.tally, random.Random(run.seed)
        end = time.monotonic() + WHOLE

        async def keep_asking(pause, keep=True, **request):
            client = Client(port, keep)
            while time.monotonic() < end:
                await tally.ask(client, **request)
                await asyncio.sleep(pause * chance.random())
            client.close()

        async def leave():
            request = b"POST /chaos HTTP/1.1\r\nHost: chaos\r\nContent-Length: 50\r\n\r\n" + b"x" * 50
            while time.monotonic() < end:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(request[:chance.randrange(len(request))])
                await asyncio.sleep(0.1 * chance.random())
                if chance.random() < 0.5:
                    reset(writer)
                else:
                    writer.close()

        async def no_requests():
            while time.monotonic() < end:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(b"G(E)T / HTTP/1.1\r\nHost: chaos\r\n\r\n" * chance.randrange(1, 2000))
                answer = await reader.read()
                tally.expect(answer.startswith(b"HTTP/1.1 400"), f"told {answer[:20]}, not 400")
                writer.close()
                await asyncio.sleep(0.1 * chance.random())

        lanes = [keep_asking(0.01) for _ in range(4)]
        lanes += [keep_asking(0.02, fault=b"refuse") for _ in range(3)]
        lanes += [keep_asking(0.02, keep=False) for _ in range(2)]
        lanes += [keep_asking(0.2, method=b"POST", body=b"x" * 200_000) for _ in range(2)]
        lanes += [keep_asking(0.5, fault=b"early", method=b"PUT", body=b"x" * 300_000)]
        lanes += [keep_asking(0.2, fault=b"reset"), keep_asking(0.05, fault=b"slow")]
        lanes += [keep_asking(0.05, fault=b"fifth"), leave(), no_requests()]
        await ends_as_it_began(scene, lanes)
        tally.only(200, 401, 502)
    return scene.tally


async def soak_of_calls(run):
    """Calls that are answered, refused, reset, cancelled and cut off, over HTTP/2 on both sides."""
    async with CallScene(run, workers=1) as scene:
        tally, chance = scene.tally, random.Random(run.seed)
        end = time.monotonic() + WHOLE
        unanswered = 0

        async def keep_calling(word, at_once, pause):
            nonlocal unanswered
            client = await http_2.Client().connect(scene.proxy.port)
            while time.monotonic() < end:
                if client.went_away or client.task.done() or len(client.streams) > 2000:
                    await client.close()
                    client = await http_2.Client().connect(scene.proxy.port)
                streams = await scene.calls(word, at_once, client)
                unanswered += word in (b"echo", b"refuse") and not all(s.ok for s in streams)
                await asyncio.sleep(pause * chance.random())
            await client.close()

        async def leave():
            while time.monotonic() < end:
                client = await http_2.Client().connect(scene.proxy.port)
                for number in range(chance.randrange(20)):
                    client.ask(call(), message(b"never %d" % number))
                await asyncio.sleep(0.1 * chance.random())
                reset(client.writer)
                await client.task

        lanes = [keep_calling(b"echo", 10, 0.02) for _ in range(4)]
        lanes += [keep_calling(b"refuse", 3, 0.05) for _ in range(2)]
        lanes += [keep_calling(b"reset", 2, 0.1), keep_calling(b"half", 2, 0.1), leave()]
        await ends_as_it_began(scene, lanes)
        tally.expect(unanswered == 0, f"{unanswered} times a call was not answered")
    return scene.tally


ALL = [soak, soak_of_calls]
