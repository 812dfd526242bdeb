#!/usr/bin/env python3
"""What an attacker who has found a hole would meet: no core that holds tokens, and, in a release,
what compiler and linker have to offer.

    hardening_test.py WHOGOES [release]
"""
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from loopback import free_port

WHOGOES = os.path.abspath(sys.argv[1])
RELEASE = sys.argv[2:] == ["release"]
# A sanitizer's runtime forbids cores of its own accord.
SANITIZERS = {name: os.environ.get(name, "") + ":disable_coredump=0" for name in ("ASAN_OPTIONS", "TSAN_OPTIONS")}


def expect(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: {got!r}, expected {wanted!r}")


def core_limit(pid):
    with open(f"/proc/{pid}/limits", encoding="ascii") as limits:
        return next(line.split()[4] for line in limits if line.startswith("Max core file size"))


def run(folder, **environment):
    """Serves, then dies of a fault. What it was allowed, and whether a core was written."""
    def allow_cores():
        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

    port = free_port()
    proxy = subprocess.Popen([WHOGOES, "-u", f"http://127.0.0.1:{port}", "-l", "127.0.0.1:0", "--admin", "off"],
                             stderr=subprocess.PIPE, cwd=folder, preexec_fn=allow_cores,
                             env={**os.environ, **SANITIZERS, **environment})
    try:
        proxy.stderr.readline()  # it listens: all that it asks of the system is done
        limit = core_limit(proxy.pid)
    finally:
        proxy.send_signal(signal.SIGSEGV if limit_is_none(proxy.pid) else signal.SIGKILL)
        _, status = os.waitpid(proxy.pid, 0)
        proxy.returncode = status
        proxy.stderr.close()
    return limit, os.WCOREDUMP(status)


def limit_is_none(pid):
    return core_limit(pid) == "0"


def check_cores():
    with tempfile.TemporaryDirectory(prefix="whogoes-hardening-") as folder:
        expect("cores", run(folder), ("0", False))
        expect("what was written", os.listdir(folder), [])
        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        wanted = "unlimited" if hard == resource.RLIM_INFINITY else str(hard)
        expect("cores that were asked for", run(folder, WHOGOES_CORE_DUMPS="1")[0], wanted)


def read_elf(*options):
    return subprocess.run(["readelf", "-W", *options, WHOGOES], capture_output=True, text=True, check=True).stdout


def check_binary():
    header, segments, dynamic = (read_elf(o) for o in ("-h", "-l", "-d"))
    # What is linked in whole asks nobody for symbols; its own table has them, until it is stripped.
    symbols = read_elf("--dyn-syms" if "INTERP" in segments else "-s")
    stack = next(line for line in segments.splitlines() if "GNU_STACK" in line)
    for what, holds in {
            "position independent": "DYN (" in header and "PIE" in dynamic,
            "relocations read-only": "GNU_RELRO" in segments,
            "all of them, bound at start": "BIND_NOW" in dynamic or "NOW" in dynamic.split("FLAGS_1", 1)[-1],
            "a stack that is not executable": " RWE " not in stack,
            "no search path of its own": "RPATH" not in dynamic and "RUNPATH" not in dynamic,
            "stack protector": "__stack_chk_fail" in symbols,
            "_FORTIFY_SOURCE": re.search(r"\b__\w+_chk\b", symbols) is not None}.items():
        expect(what, holds, True)


check_cores()
if RELEASE:
    check_binary()
print("passed")
