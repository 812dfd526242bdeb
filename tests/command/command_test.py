#!/usr/bin/env python3
"""`whogoes run … -- COMMAND`: the proxy ends with its command, and --fail-on has the last word.

    command_test.py WHOGOES
"""
import pathlib
import subprocess
import sys
import threading
from http.server import HTTPServer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from loopback import Api, free_port

WHOGOES = sys.argv[1]
GET = "import sys, urllib.request, urllib.error\ntry: urllib.request.urlopen(sys.argv[1])\nexcept urllib.error.HTTPError: pass\n"


def run(upstream, fail_on, *command):
    port = free_port()
    words = [word.replace("PROXY", f"http://127.0.0.1:{port}") for word in command]
    flags = ["--fail-on", fail_on] if fail_on else []
    return subprocess.run([WHOGOES, "-u", f"http://127.0.0.1:{upstream}", "-l", f"127.0.0.1:{port}", "--admin", "off",
                           *flags, "--", *words], timeout=60, capture_output=True, text=True, check=False)


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
        ("no such command", 127, "", ["/nonexistent/command"]),
    ]
    failed = 0
    for given, expected, fail_on, command in rows:
        ended = run(upstream.server_address[1], fail_on, *command)
        if ended.returncode != expected:
            failed += 1
            print(f"{given}: exit status {ended.returncode}, expected {expected}\n{ended.stderr}")
    print(f"{len(rows) - failed} passed, {failed} failed")
    sys.exit(failed != 0)


main()
