"""The npm packages, from their tarballs alone: npm has no registry here."""
import json
import os
import pathlib
import signal
import subprocess
import tarfile
import tempfile

from loopback import free_port
from place import check, check_says, run

EXPIRED = "eyJhbGciOiJFUzI1NiJ9.eyJleHAiOjF9.c2ln"  # {"alg":"ES256"}, {"exp":1}
# What a script that Node runs first makes of the machine.
ELSEWHERE = "for (const [name, value] of [['platform', '%s'], ['arch', '%s']]) Object.defineProperty(process, name, { value });"


def tarballs(at):
    launcher, = at.built.glob("whogoes-[0-9]*.tgz")
    program, = at.built.glob("whogoes-linux-x64-*.tgz")
    return launcher, program


def environment(folder):
    return {**os.environ, "HOME": str(folder), "npm_config_cache": f"{folder}/cache", "npm_config_offline": "true",
            "npm_config_update_notifier": "false", "npm_config_fund": "false", "npm_config_audit": "false"}


def manifest(tarball):
    with tarfile.open(tarball) as packed:
        return json.load(packed.extractfile("package/package.json")), {member.name: member.mode for member in packed}


def contents(at):
    (launcher, _), (program, files) = (manifest(tarball) for tarball in tarballs(at))
    check(launcher["optionalDependencies"] == {"@whogoes/linux-x64": program["version"]}, f"{launcher} wants another program")
    check(launcher["version"] == program["version"], "two versions")
    check((program["os"], program["cpu"], "libc" in program) == (["linux"], ["x64"], False), f"for whom is {program}?")
    check("scripts" not in launcher and "scripts" not in program, "npm is to run nothing")
    check(files["package/bin/whogoes"] & 0o111 == 0o111, "a program that may not be run")
    check({"package/LICENSE", "package/THIRD-PARTY", "package/LGPL-2.1"} <= set(files), f"no licences in {set(files)}")


def with_npx(at):
    """Arguments, standard input and output, and the exit status are the program's."""
    with tempfile.TemporaryDirectory(prefix="whogoes-npm-") as folder:
        def npx(*words, **options):
            packages = [f"--package={tarball}" for tarball in tarballs(at)]
            return run("npx", "--yes", "--offline", *packages, "--", "whogoes", *words, cwd=folder, env=environment(folder), **options)

        check_says(npx("version"), "whogoes ")
        check_says(npx("explain", EXPIRED, status=1), "expired")
        check_says(npx("--no-such-flag", status=2), "no-such-flag")


def installed(at, folder):
    run("npm", "install", "--offline", "--prefix", folder, *tarballs(at), cwd=folder, env=environment(folder))
    return pathlib.Path(folder, "node_modules/.bin/whogoes")


def signals(at):
    """A signal to the launcher is one to the program, and how the program ends is how the launcher does."""
    with tempfile.TemporaryDirectory(prefix="whogoes-npm-") as folder:
        launcher = installed(at, folder)
        for sent, to_program, status in ((signal.SIGTERM, False, 0), (signal.SIGINT, False, 0), (signal.SIGKILL, True, -signal.SIGKILL),
                                         (signal.SIGSEGV, True, -signal.SIGSEGV)):
            port = free_port()
            # In a session of its own it has no terminal, as under a service manager.
            running = subprocess.Popen([launcher, "-u", "http://127.0.0.1:1", "-l", f"127.0.0.1:{port}", "--admin", "off"], cwd=folder,
                                       stderr=subprocess.PIPE, text=True, env=environment(folder), start_new_session=True)
            try:
                for line in running.stderr:
                    if str(port) in line:
                        break
                children = pathlib.Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
                check(len(children) == 1, f"{children} run for one program")
                os.kill(int(children[0]) if to_program else running.pid, sent)
                check(running.wait(20) == status, f"after {sent!r} the launcher ended with {running.returncode}")
                check(not pathlib.Path(f"/proc/{children[0]}").exists(), f"after {sent!r} the program is still there")
            finally:
                running.kill()
                running.wait()
                running.stderr.close()


def elsewhere(at):
    """What works on platforms that no package is for; and what is missing where one was left out."""
    with tempfile.TemporaryDirectory(prefix="whogoes-npm-") as folder:
        launcher = installed(at, folder)
        for platform, processor, instead in (("darwin", "arm64", "container image"), ("win32", "x64", "WSL 2"),
                                             ("linux", "arm64", "build from source"), ("freebsd", "x64", "container image")):
            first = pathlib.Path(folder, "first.js")
            first.write_text(ELSEWHERE % (platform, processor))
            said = run("node", "--require", first, launcher, "version", status=3)
            check_says(said, f"whogoes: npm has no program for {platform}-{processor}", instead)
            check(said.count("\n") == 1, f"more than a sentence: {said}")
        run("rm", "-r", f"{folder}/node_modules/@whogoes")
        check_says(run(launcher, "version", status=3), "@whogoes/linux-x64 is missing", "--omit=optional")


CHECKS = {"contents": contents, "with npx": with_npx, "signals": signals, "elsewhere": elsewhere}
