"""What becomes of requests and of lines while the log's disk, folder or link is not as it should be."""

import asyncio
import os
import subprocess
import tempfile

from scene import Scene, settled


async def log_disk_full(run):
    async with Scene(run, log="/dev/full") as scene:
        await scene.tally.many(scene.proxy.port, run.some(2000, 500), 10, fault=b"refuse")
        scene.tally.only(401)
        scene.tally.expect("dropped" in scene.proxy.said(), "nobody was told of the lost lines")
    return scene.tally


async def log_file_limited(run):
    async with Scene(run, file_size=64 * 1024) as scene:
        await scene.tally.many(scene.proxy.port, run.some(2000, 500), 10, fault=b"refuse")
        scene.tally.only(401)
        await asyncio.sleep(0.5)
        scene.tally.expect(len(scene.proxy.records()) > 10, "not even whole lines were written")
    return scene.tally


async def log_folder_gone(run):
    """Whoever rotates makes a mistake: no request pays for it, and lines go on once it is mended."""
    with tempfile.TemporaryDirectory(prefix="whogoes-chaos-") as name:
        folder, moved = os.path.join(name, "logs"), os.path.join(name, "moved")
        os.mkdir(folder)
        async with Scene(run, log=os.path.join(folder, "log")) as scene:
            count = run.some(2000, 300)
            await scene.tally.many(scene.proxy.port, count, 10, fault=b"refuse")
            os.rename(folder, moved)
            for tell in (scene.proxy.reopen_log, scene.proxy.reload, scene.proxy.reopen_log):
                tell()
                await scene.tally.many(scene.proxy.port, count, 10, fault=b"refuse")
            scene.tally.expect("log output" in scene.proxy.said(), "nobody was told")
            os.mkdir(folder)
            await scene.tally.many(scene.proxy.port, count, 10, fault=b"refuse")
            scene.tally.only(401)
            scene.tally.expect(await settled(lambda: os.path.exists(scene.proxy.log)
                                             and scene.proxy.records(), 5),
                               "no line came to the folder that is back")
            await scene.still_serves()
    return scene.tally


async def link_as_output(run):
    """The log is a link: it stays one while what it leads to is rotated, and exports stay links."""
    with tempfile.TemporaryDirectory(prefix="whogoes-chaos-") as name:
        disk, link = os.path.join(name, "disk"), os.path.join(name, "log")
        os.mkdir(disk)
        os.symlink(os.path.join("disk", "real"), link)
        async with Scene(run, log=link, rotate="64KiB") as scene:
            await scene.tally.many(scene.proxy.port, run.some(5000, 1000), 10, fault=b"refuse")
            scene.tally.only(401)
            rotated = os.path.join(disk, "real.1")
            scene.tally.expect(await settled(lambda: os.path.exists(rotated), 5),
                               f"nothing was rotated: {os.listdir(disk)}")
            # The machine's own devices are only linked to: a fault must not cost them.
            for word, leads_to in (("har", os.path.join(disk, "archive")), ("null", "/dev/null"),
                                   ("out", "/proc/self/fd/1")):
                output = os.path.join(name, word)
                os.symlink(leads_to, output)
                before = os.lstat(output).st_ino
                done = await asyncio.create_subprocess_exec(
                    run.binary, "log", "export", "--har", output, link,
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                said, _ = await done.communicate()
                scene.tally.expect(done.returncode == 0 and os.lstat(output).st_ino == before,
                                   f"{output} is another than it was")
                scene.tally.expect(word != "out" or b'"log"' in said[:20],
                                   "nothing came through")
            scene.tally.expect(os.path.getsize(os.path.join(disk, "archive")) > 1000, "no archive")
            scene.tally.expect(os.readlink(link) == os.path.join("disk", "real"),
                               "the link to the log points elsewhere")
            scene.tally.expect(sorted(os.listdir(name)) == ["disk", "har", "log", "null", "out"],
                               f"something was left beside the links: {os.listdir(name)}")
    return scene.tally
