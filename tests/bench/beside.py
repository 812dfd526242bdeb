#!/usr/bin/env python3
"""whogoes beside nginx and HAProxy on this machine: what a request costs each of them in CPU time.

    tests/bench/beside.py BINARY [--rounds N] [--seconds S] [--into FOLDER]

All proxies stay up and take turns, a turn of one second each, so that what disturbs the machine for longer than
that disturbs all of them; what is compared is the ratio within a round. The proxy has a core of its own, load and API have
another. Writes run.json, table.md and plot.svg into FOLDER (build/bench). Three minutes at most.
"""

import argparse
import base64
import contextlib
import json
import os
import platform
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
# pylint: disable=wrong-import-position
import peers
import plot
import table

LONGEST = 165  # seconds of turns; the round that is under way is the last then
TOKENS = 4096
NEXT_TOKEN = """
local requests, last = {}, 0
function init(arguments)
  for token in io.lines(arguments[1]) do
    wrk.headers["Authorization"] = "Bearer " .. token
    requests[#requests + 1] = wrk.format()
  end
end
function request() last = last % #requests + 1; return requests[last] end
"""

# name, what it is called, path, connections, TLS, load
WORK = [
    ("small", "small answer, 64 connections", "/small", 64, False, "wrk"),
    ("one", "small answer, one connection", "/small", 1, False, "wrk"),
    ("refused", "401, the same token again", "/refused", 64, False, "wrk"),
    ("refused-new", "401, a new token each", "/refused", 64, False, "wrk-tokens"),
    ("64k", "64 KiB", "/64k", 32, False, "wrk"),
    ("tls", "small answer over TLS", "/small", 16, True, "wrk"),
    ("h2", "small answer over HTTP/2 and TLS", "/small", 16, True, "h2load"),
]


def say(text):
    print(text, file=sys.stderr, flush=True)


def base64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def token(number):
    """A JWT that has expired; its signature is made up."""
    exp = 1700000000 - number
    claims = {"iss": "https://issuer.example.com/", "sub": f"user-{number:06}", "aud": "api://orders", "exp": exp,
              "nbf": exp - 3600, "iat": exp - 3600, "scope": "orders.read orders.write", "azp": "spa-client"}
    head = {"alg": "RS256", "typ": "JWT", "kid": "k1"}
    parts = [base64url(json.dumps(one, separators=(",", ":")).encode()) for one in (head, claims)]
    return ".".join([*parts, base64url(random.Random(number).randbytes(256))])


def prepare(run):
    peers.write(f"{run}/tokens", "".join(token(i) + "\n" for i in range(TOKENS)))
    peers.write(f"{run}/next-token.lua", NEXT_TOKEN)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", f"{run}/key.pem", "-out", f"{run}/certificate.pem"], check=True, capture_output=True)
    with open(f"{run}/certificate.pem", encoding="ascii") as one, open(f"{run}/key.pem", encoding="ascii") as two:
        peers.write(f"{run}/both.pem", one.read() + two.read())


def cores():
    """For the proxy, and for load and API. None: there is but one."""
    allowed = sorted(os.sched_getaffinity(0))
    return (allowed[0], allowed[1]) if len(allowed) > 1 and shutil.which("taskset") else (None, None)


def busy_ns(core):
    """What a core has done so far, whoever for."""
    with open("/proc/stat", encoding="ascii") as stat:
        for line in stat:
            name, *ticks = line.split()
            if name == ("cpu" if core is None else f"cpu{core}"):
                ticks = [int(one) for one in ticks[:8]]
                return (sum(ticks) - ticks[3] - ticks[4]) * 1_000_000_000 // os.sysconf("SC_CLK_TCK")
    return 0


def load(work, port, run, core, seconds):
    """Requests that were answered in so many seconds."""
    _, _, path, connections, tls, kind = work
    url = f"{'https' if tls else 'http'}://127.0.0.1:{port}{path}"
    fields = ["Accept: application/json", "Accept-Encoding: gzip, br", "User-Agent: bench/1.0 (loopback)",
              "X-Request-Id: 0f8fad5b-d9cb-469f-a165-70867728950e", f"Authorization: Bearer {token(0)}"]
    headers = [part for field in fields for part in ("-H", field)]
    if kind == "h2load":
        command = ["h2load", "-t1", f"-c{connections}", "-m4", f"-D{seconds}", *headers, url]
        answered = r"requests: .*?(\d+) done, (\d+) succeeded"
    else:
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", *headers]
        command += ["-s", f"{run}/next-token.lua", url, "--", f"{run}/tokens"] if kind == "wrk-tokens" else [url]
        answered = r"(\d+) requests in"
    pinned = [] if core is None else ["taskset", "-c", str(core)]
    done = subprocess.run(pinned + command, capture_output=True, text=True, timeout=seconds + 30, check=False)
    found = re.search(answered, done.stdout)
    return int(found[1]) if found else 0


def measure(work, peer, ports, run, near, seconds):
    """One turn of one proxy. None: nothing was answered."""
    began, ns, all_ns = time.monotonic(), peer.cpu_ns(), busy_ns(peer.core)
    answered = load(work, ports[1] if work[4] else ports[0], run, near, seconds)
    ns, all_ns = peer.cpu_ns() - ns, busy_ns(peer.core) - all_ns
    took = time.monotonic() - began
    if not answered:
        return None
    # On a core of its own what others took of it is known.
    others = 0 if peer.core is None else max(0, all_ns - ns) / 1e9 / took
    return {"us": ns / 1000 / answered, "requests": answered, "seconds": round(took, 2), "others": round(others, 3)}


def take_turns(running, run, near, options):
    results = {work[0]: {"title": work[1], "peers": {name: [] for name in running}} for work in WORK}
    todo = [work for work in WORK if shutil.which(work[5].split("-")[0])]
    if len(todo) < len(WORK):
        say("left out: " + ", ".join(work[1] for work in WORK if work not in todo) + ", for want of what makes that load (wrk, h2load)")
    began = time.monotonic()
    for number in range(options.rounds):
        if time.monotonic() - began > LONGEST - len(todo) * len(running) * (options.seconds + 0.3):
            say(f"stopped after {number} rounds: three minutes are over")
            break
        for work in todo:
            # In either order, so that none always follows the same one.
            for name in list(running) if number % 2 == 0 else list(running)[::-1]:
                peer, *ports = running[name]
                if number == 0:
                    load(work, ports[1] if work[4] else ports[0], run, near, 1)
                turn = measure(work, peer, ports, run, near, options.seconds)
                if turn:
                    results[work[0]]["peers"][name].append({"round": number, **turn})
        say(f"round {number + 1} of {options.rounds}")
    return {name: one for name, one in results.items() if any(one["peers"].values())}


def run_all(options, run):
    prepare(run)
    far, near = cores()
    names = [name for name in peers.STARTERS if peers.is_there(name)]
    for name in peers.STARTERS:
        if name not in names:
            say(f"left out: {name}, which is not installed")
    load_before = os.getloadavg()
    with contextlib.ExitStack() as stack:
        api, api_port = peers.start_api(run, near)
        stack.callback(api.end)
        running = {}
        for name in names:
            running[name] = peers.STARTERS[name](options.binary, run, far, api_port)
            stack.callback(running[name][0].end)
        results = take_turns(running, run, near, options)
    return {
        "machine": {"kernel": platform.release(), "processor": processor(), "cores": os.cpu_count(),
                    "load_before": load_before, "load_after": os.getloadavg()},
        "versions": {name: peers.version_of(name, options.binary) for name in names},
        "pinned": far is not None,
        "work": results,
    }


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        found = re.search(r"^model name\s*: (.*)$", info.read(), re.MULTILINE)
    return found[1] if found else platform.machine()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", help="a whogoes that was built for release")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=1, help="of a turn")
    parser.add_argument("--into", default="build/bench", metavar="FOLDER")
    options = parser.parse_args()
    options.binary = os.path.abspath(options.binary)
    for program in (peers.API, "openssl", "wrk"):
        if shutil.which(program) is None:
            sys.exit(f"tests/bench/beside.py: {program} is missing; tests/install bench installs what is needed")
    with tempfile.TemporaryDirectory(prefix="whogoes-bench-") as run:
        results = run_all(options, run)
    os.makedirs(options.into, exist_ok=True)
    peers.write(f"{options.into}/run.json", json.dumps(results, indent=1) + "\n")
    peers.write(f"{options.into}/table.md", table.of(results))
    peers.write(f"{options.into}/plot.svg", plot.of(results))
    print(table.of(results), end="")
    say(f"written: {options.into}/run.json, table.md and plot.svg")


if __name__ == "__main__":
    main()
