"""Each fault by itself: bring it about, count what becomes of the requests, say what is wrong."""

import asyncio
import random
import socket
import time

from log_faults import log_disk_full, log_file_limited, log_folder_gone, link_as_output
from peers import Client, Tally, reset
from scene import Scene, settled


async def upstream_down(run):
    async with Scene(run) as scene:
        await scene.upstream.stop()
        await scene.tally.many(scene.proxy.port, run.some(1000, 200), 20)
        scene.tally.only(502)
    return scene.tally


async def upstream_slow(run):
    async with Scene(run) as scene:
        await scene.tally.many(scene.proxy.port, run.some(1000, 200), 100, fault=b"slow")
        scene.tally.only(200)
    return scene.tally


async def upstream_black_hole(run):
    """A listening socket that nobody accepts from: first its queue takes some, then nothing."""
    hole = socket.socket()
    hole.bind(("127.0.0.1", 0))
    hole.listen(2)
    proxy = run.proxy(hole.getsockname()[1], response="700ms")
    tally = Tally()
    begin = time.monotonic()
    await tally.many(proxy.port, 20, 20)
    tally.only(504)
    tally.expect(time.monotonic() - begin < 4, "the answers took longer than their timeouts")
    proxy.close()
    hole.close()
    return tally


async def upstream_resetting(run):
    async with Scene(run) as scene:
        count = run.some(500, 100)
        await scene.tally.many(scene.proxy.port, count, 10, fault=b"reset")
        await scene.tally.many(scene.proxy.port, count, 10, fault=b"reset", method=b"POST",
                               body=b"pay")
        scene.tally.only(502)
        await scene.still_serves()
    return scene.tally


async def upstream_closing_every_fifth(run):
    """GETs are sent again, none is lost; a POST that was sent is the fault's, and never twice."""
    async with Scene(run, workers=1) as scene:
        await scene.tally.many(scene.proxy.port, run.some(5000, 1000), 10, fault=b"fifth")
        scene.tally.only(200)
        posts = Tally(scene.upstream)
        await posts.many(scene.proxy.port, run.some(5000, 1000), 10, fault=b"fifth",
                         method=b"POST", body=b"pay")
        posts.only(200, 502)
        posts.expect(posts.statuses[502] > 0, "the fault did not take place")
        scene.tally.requests += posts.requests
        scene.tally.statuses += posts.statuses
        scene.tally.lost += posts.lost
        scene.tally.flaws += posts.flaws
    return scene.tally


async def upstream_answering_early(run):
    """The 401 comes before the upload is read, and then a reset; the client must see the 401."""
    async with Scene(run) as scene:
        for octets in (10_000, 300_000, 3_000_000):
            await scene.tally.many(scene.proxy.port, run.some(60, 20), 10, fault=b"early",
                                   method=b"PUT", body=b"x" * octets)
        scene.tally.only(401)
    return scene.tally


async def clients_gone(run):
    """Clients that leave after any number of octets, in good order or not."""
    request = (b"POST /chaos HTTP/1.1\r\nHost: chaos\r\nX-Fault: slow\r\n"
               b"Transfer-Encoding: chunked\r\n\r\n" + b"400\r\n" + b"x" * 1024 + b"\r\n0\r\n\r\n")
    chance = random.Random(run.seed)

    async def leave(port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request[:chance.randrange(len(request) + 1)])
        await asyncio.sleep(chance.random() * 0.05)
        if chance.random() < 0.5:
            reset(writer)
        else:
            writer.close()
        del reader

    async with Scene(run) as scene:
        await scene.leaves_nothing(leave)
    return scene.tally


async def descriptors_used_up(run):
    """Accepting pauses, costs no processor time, and goes on once there are descriptors again."""
    async with Scene(run, descriptors=64, workers=1) as scene:
        held = [await asyncio.open_connection("127.0.0.1", scene.proxy.port) for _ in range(150)]
        await asyncio.sleep(0.3)
        cpu = scene.proxy.cpu_seconds()
        await asyncio.sleep(2)
        spent = scene.proxy.cpu_seconds() - cpu
        scene.tally.expect(spent < 0.3, f"{spent:.2f} s of processor time in 2 s of waiting")
        for _, writer in held:
            writer.transport.abort()
        await scene.tally.many(scene.proxy.port, 100, 10)
        scene.tally.only(200)
    return scene.tally


async def slow_loris(run):
    """Heads that come an octet at a time end with a 408, and nobody waits for them."""
    async with Scene(run) as scene:
        async def drip():
            reader, writer = await asyncio.open_connection("127.0.0.1", scene.proxy.port)
            answer = asyncio.create_task(reader.read())
            for octet in b"GET / HTTP/1.1\r\nHost: " + b"a" * 1000:
                if answer.done():
                    break
                writer.write(bytes([octet]))
                await asyncio.sleep(0.25)
            writer.transport.abort()
            try:
                return await answer
            except ConnectionError:
                return b""

        loris = [asyncio.create_task(drip()) for _ in range(500)]
        await scene.tally.many(scene.proxy.port, 500, 10)
        scene.tally.only(200)
        answers = await asyncio.wait_for(asyncio.gather(*loris), 20)
        timely = sum(a.startswith(b"HTTP/1.1 408") for a in answers)
        scene.tally.expect(timely > 450, f"only {timely} of 500 were told 408")
        spent = scene.proxy.cpu_seconds()
        scene.tally.expect(spent < 2, f"{spent:.2f} s of processor time")
    return scene.tally


async def idle_connections(run):
    async with Scene(run) as scene:
        await scene.still_serves()
        before = scene.proxy.resident_kib()
        count = run.some(5000, 1000)
        clients = [Client(scene.proxy.port) for _ in range(count)]
        for client in clients:
            await scene.tally.ask(client)
        grown = scene.proxy.resident_kib() - before
        scene.tally.expect(grown < count * 8 + 4096, f"{grown} KiB for {count} idle connections")
        cpu = scene.proxy.cpu_seconds()
        await asyncio.sleep(1)
        spent = scene.proxy.cpu_seconds() - cpu
        scene.tally.expect(spent < 0.2, f"{spent:.2f} s of processor time in 1 s of idling")
        for client in clients:
            await scene.tally.ask(client)
            client.close()
        scene.tally.only(200)
    return scene.tally


async def reloads(run):
    """Kept and new connections while the configuration is replaced, now and then by a bad one."""
    async with Scene(run) as scene:
        count, lanes = run.some(20000, 3000), 20
        done = asyncio.Event()

        async def reload():
            for turn in range(run.some(20, 8)):
                scene.proxy.write_config(connections=20000 + turn if turn % 5 else "many")
                scene.proxy.reload()
                await asyncio.sleep(0.05)
            done.set()

        async def new_connections():
            while not done.is_set():
                await scene.tally.ask(Client(scene.proxy.port, keep=False))

        task = asyncio.create_task(reload())
        await asyncio.gather(scene.tally.many(scene.proxy.port, count, lanes),
                             new_connections(), new_connections(), task)
        scene.tally.only(200)
        await asyncio.sleep(0.3)
        if run.rival:
            return scene.tally
        kinds = [r["level"] for r in scene.proxy.records() if r["event"] == "config.reload"]
        scene.tally.expect("info" in kinds and "error" in kinds,
                           f"reloads were not told as they should be: {kinds}")
    return scene.tally


async def listener_moved(run):
    """A reload takes the address away; who was let in is served, and the next come elsewhere."""
    async with Scene(run) as scene:
        ports = [scene.proxy.port, 0]
        done = asyncio.Event()

        async def newcomers():
            turn = 0
            while not done.is_set():
                client = Client(ports[turn], keep=False)
                try:
                    await asyncio.wait_for(client.connect(), 0.2)
                except (OSError, asyncio.TimeoutError):
                    turn = 1 - turn if ports[1] else turn
                    await asyncio.sleep(0)
                    continue
                await scene.tally.ask(client)

        tasks = [asyncio.create_task(newcomers()) for _ in range(5)]
        for _ in range(run.some(10, 3)):
            # Nobody holds the port any more; it is the kernel's last choice to give it out again.
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                ports[1] = probe.getsockname()[1]
            scene.proxy.write_config(listen=ports[1])
            scene.proxy.reload()
            await asyncio.sleep(0.4)
            ports[0], ports[1] = ports[1], 0
        done.set()
        await asyncio.gather(*tasks)
        scene.tally.only(200)
        scene.tally.expect(await scene.tally.ask(Client(ports[0])) == 200, "nobody is there")
    return scene.tally


async def termination(run):
    """What was let in before SIGTERM is answered, whatever it waits for; then the exit is 0."""
    async with Scene(run) as scene:
        ending = asyncio.Event()

        async def busy():
            client = Client(scene.proxy.port)
            while not ending.is_set():
                await scene.tally.ask(client)

        async def newcomers():
            """Each on a connection of its own, until the doors are closed."""
            while scene.proxy.alive():
                client = Client(scene.proxy.port, keep=False)
                try:
                    await client.connect()
                except OSError:
                    return
                await scene.tally.ask(client)

        idle = [Client(scene.proxy.port) for _ in range(50)]
        for client in idle:
            await scene.tally.ask(client)
        held = [asyncio.create_task(scene.tally.ask(Client(scene.proxy.port), fault=b"hold"))
                for _ in range(100)]
        traffic = [asyncio.create_task(busy()) for _ in range(10)]
        traffic += [asyncio.create_task(newcomers()) for _ in range(5)]
        await settled(lambda: scene.upstream.held == 100, 10)
        ending.set()
        scene.proxy.terminate()
        await asyncio.gather(*traffic)
        await asyncio.sleep(0.3)
        scene.tally.expect(scene.proxy.alive(), "whogoes did not wait for what was in flight")
        scene.upstream.release.set()
        await asyncio.gather(*held)
        scene.tally.only(200)
        ended = await settled(lambda: not scene.proxy.alive(), 5)
        scene.tally.expect(ended and scene.proxy.process.returncode == 0,
                           f"no good end: exit status {scene.proxy.process.poll()}")
    return scene.tally


async def memory_stays_flat(run):
    async with Scene(run) as scene:
        async def round_of_everything():
            port, count = scene.proxy.port, run.some(1500, 300)
            await scene.tally.many(port, count, 10)
            await scene.tally.many(port, count, 10, fault=b"refuse")
            await scene.tally.many(port, 40, 10, method=b"POST", body=b"x" * 200_000)
            for _ in range(50):
                await scene.tally.ask(Client(port, keep=False))

        for _ in range(3):  # caches and the kept events fill up
            await round_of_everything()
        before = scene.proxy.resident_kib()
        for _ in range(run.some(20, 4)):
            await round_of_everything()
        grown = scene.proxy.resident_kib() - before
        scene.tally.only(200, 401)
        scene.tally.expect(grown < 6 * 1024, f"{grown} KiB more than after three rounds")
    return scene.tally


ALL = [upstream_down, upstream_slow, upstream_black_hole, upstream_resetting,
       upstream_closing_every_fifth, upstream_answering_early, clients_gone, descriptors_used_up,
       log_disk_full, log_file_limited, log_folder_gone, link_as_output, slow_loris,
       idle_connections, reloads, listener_moved, termination, memory_stays_flat]
# What other proxies can do as well: the rest looks into whogoes' own log.
ALSO_BY_OTHERS = [upstream_down, upstream_slow, upstream_black_hole, upstream_resetting,
                  upstream_closing_every_fifth, upstream_answering_early, clients_gone,
                  descriptors_used_up, slow_loris, idle_connections, reloads, listener_moved,
                  termination]
