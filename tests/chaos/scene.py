"""What every fault is played on."""

import asyncio
import time

from peers import Client, Tally, Upstream


class Scene:
    """An upstream, a proxy in front of it, and a count; put away at the end."""

    def __init__(self, run, **options):
        self.run, self.options = run, options

    async def __aenter__(self):
        self.upstream = await Upstream().start()
        self.proxy = self.make_proxy()
        self.tally = Tally(self.upstream)
        return self

    def make_proxy(self):
        return self.run.proxy(self.upstream.port, **self.options)

    async def __aexit__(self, kind, error, trace):
        if kind is None:
            self.tally.expect(self.proxy.alive() or self.proxy.process.returncode == 0,
                              f"whogoes died: {self.proxy.said()}")
        self.proxy.close()
        await self.upstream.stop()

    async def still_serves(self):
        """Whatever was before: now a request is answered."""
        self.tally.expect(await self.tally.ask(Client(self.proxy.port)) == 200,
                          "whogoes does not serve any more")

    async def gives_descriptors_back(self, before, spare=0):
        self.tally.expect(await settled(lambda: self.proxy.descriptors() <= before + spare, 10),
                          f"descriptors leak: {before} before, {self.proxy.descriptors()} now")

    async def leaves_nothing(self, leave):
        """`leave(port)` is a client that goes away, whose descriptors are given back."""
        await self.still_serves()
        before = self.proxy.descriptors()
        for _ in range(self.run.some(40, 8)):
            await asyncio.gather(*(leave(self.proxy.port) for _ in range(50)))
        await self.gives_descriptors_back(before, spare=4)
        await self.still_serves()


async def settled(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.05)
    return True
