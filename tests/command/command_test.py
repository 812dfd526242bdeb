#!/usr/bin/env python3
"""`whogoes run … -- COMMAND`: the proxy ends with its command, and --fail-on has the last word.

    command_test.py WHOGOES
"""
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import threading
from http.server import HTTPServer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from loopback import Api, free_port

WHOGOES = sys.argv[1]
GET = "import sys, urllib.request, urllib.error\ntry: urllib.request.urlopen(sys.argv[1])\nexcept urllib.error.HTTPError: pass\n"
URL = "import os, sys\nsys.exit(os.environ['API_URL'] != sys.argv[1] or os.environ['KEPT'] != 'yes')\n"


def run(upstream, fail_on, *command, flags=()):
    port = free_port()
    words = [word.replace("PROXY", f"http://127.0.0.1:{port}") for word in command]
    flags = [*flags, *(["--fail-on", fail_on] if fail_on else [])]
    return subprocess.run([WHOGOES, "-u", f"http://127.0.0.1:{upstream}", "-l", f"127.0.0.1:{port}", "--admin", "off",
                           *flags, "--", *words],
                          timeout=60, env={**os.environ, "API_URL": "http://127.0.0.1:9", "KEPT": "yes"},
                          capture_output=True, text=True, check=False)


# Says that it has begun, and ends by itself once it is told to.
TOLD = """import signal, sys, time
def end(number, frame): time.sleep(0.2); sys.exit(int(sys.argv[1]))
signal.signal(signal.SIGTERM, end); signal.signal(signal.SIGINT, end)
print("begun", flush=True)
while True: signal.pause()
"""


def told(upstream, number, script, *words):
    """The exit status of a proxy that gets this signal alone, with a command beside it."""
    proxy = subprocess.Popen([WHOGOES, "-u", f"http://127.0.0.1:{upstream}", "-l", "127.0.0.1:0", "--admin", "off",
                              "--", sys.executable, "-c", script, *words],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    with proxy:
        proxy.stdout.readline()
        proxy.send_signal(number)
        return proxy.wait(timeout=60)


# What a child has of its parent's that no exec takes away. Not asked in Python, which ignores signals of its own accord.
KEPT = "grep SigIgn /proc/self/status; grep -E '^Max (core|open)' /proc/self/limits; ls -l /proc/self/fd | grep socket:"


def kept_by_command(upstream):
    """The command's own surroundings, behind a proxy with two workers on a unix socket: what is ignored, two limits, sockets."""
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)

    def limits():
        resource.setrlimit(resource.RLIMIT_CORE, (4096, 8192))
        resource.setrlimit(resource.RLIMIT_NOFILE, (300, files))

    with tempfile.TemporaryDirectory(prefix="whogoes-command-") as folder:
        done = subprocess.run([os.path.abspath(WHOGOES), "-u", f"http://127.0.0.1:{upstream}", "-l", f"unix:{folder}/listen", "--workers", "2",
                               "--admin", "off", "--", "sh", "-c", KEPT], stdin=subprocess.DEVNULL,
                              timeout=60, capture_output=True, text=True, check=False, preexec_fn=limits)
    ignored, core, opened, *sockets = [line.split() for line in done.stdout.splitlines()]
    bits = int(ignored[1], 16)
    return [bits >> (number - 1) & 1 for number in (signal.SIGPIPE, signal.SIGXFSZ)], core[4:6], opened[3], sockets


def main():
    upstream = HTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    python, refused, accepted = sys.executable, "PROXY/refused", "PROXY/fine"
    rows = [
        ("all is well", 0, "error", [python, "-c", GET, accepted]),
        ("a rule that broke", 1, "unauthorized-without-challenge", [python, "-c", GET, refused]),
        ("a cause that was met", 1, "no-credentials", [python, "-c", GET, refused]),
        ("another rule", 0, "basic-realm-missing", [python, "-c", GET, refused]),
        ("nothing asked for", 0, "", [python, "-c", GET, refused]),
        ("the command's own failure comes first", 7, "no-credentials", [python, "-c", GET + "sys.exit(7)", refused]),
        ("the command is killed", 137, "", [python, "-c", "import os; os.kill(os.getpid(), 9)"]),
        ("the command is told where the proxy is", 0, "", [python, "-c", URL, "PROXY"]),
        ("no such command", 127, "", ["/nonexistent/command"]),
    ]
    failed = 0
    for given, expected, fail_on, command in rows:
        ended = run(upstream.server_address[1], fail_on, *command)
        if ended.returncode != expected:
            failed += 1
            print(f"{given}: exit status {ended.returncode}, expected {expected}\n{ended.stderr}")
    silent = [
        ("-q hides nothing of it", 1, ["-q"], [python, "-c", GET, refused],
         ["--fail-on: unauthorized-without-challenge (1)", "count  found", "    1  unauthorized-without-challenge  no credentials  GET /refused"]),
        ("no request came through", 1, [], ["true"], ["--fail-on: no request came through whogoes", "--allow-empty"]),
        ("which is fine for who says so", 0, ["--allow-empty"], ["true"], []),
        ("which belongs to --fail-on", 0, [], [python, "-c", GET, accepted], []),
    ]
    for given, expected, flags, command, words in silent:
        ended = run(upstream.server_address[1], "unauthorized-without-challenge", *command, flags=["--log-format", "json", *flags])
        said = [word for word in words if word not in ended.stderr]
        if ended.returncode != expected or said or ("--fail-on" in ended.stderr and not words):
            failed += 1
            print(f"{given}: exit status {ended.returncode}, expected {expected}, not said: {said}\n{ended.stderr}")
    rows += silent
    waits = 'import signal; print("begun", flush=True); signal.pause()'
    signals = [
        ("SIGTERM, and the command's own status", 9, signal.SIGTERM, TOLD, "9"),
        ("SIGINT from no terminal", 0, signal.SIGINT, TOLD, "0"),
        ("SIGTERM ends the command as well", 0, signal.SIGTERM, waits),
    ]
    for given, expected, number, *script in signals:
        status = told(upstream.server_address[1], number, *script)
        if status != expected:
            failed += 1
            print(f"{given}: exit status {status}, expected {expected}")
    wanted = ([0, 0], ["4096", "8192"], "300", [])
    kept = kept_by_command(upstream.server_address[1])
    if kept != wanted:
        failed += 1
        print(f"a command's surroundings: {kept}, expected {wanted}")
    rows += signals + [wanted]
    print(f"{len(rows) - failed} passed, {failed} failed")
    sys.exit(failed != 0)


main()
