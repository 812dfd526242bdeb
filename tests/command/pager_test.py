#!/usr/bin/env python3
"""`whogoes log show` goes through $PAGER where a person reads it, and through none else.

    pager_test.py WHOGOES
"""
import json
import os
import pathlib
import pty
import subprocess
import sys
import tempfile

WHOGOES = os.path.abspath(sys.argv[1])
LINE = {"time": "2026-11-23T12:00:00.000Z", "level": "warn", "schema": "whogoes/1", "event": "auth.failure", "msg": "x", "id": "ABCDEFGH0001",
        "http": {"request": {"method": "GET"}, "response": {"status_code": 401}}, "url": {"path": "/orders"},
        "auth": {"cause": "token-expired", "confidence": "certain", "evidence": ["it ran out"], "rules": []}}


def on_terminal(words, pager):
    """What a terminal shows, and the exit status."""
    master, slave = pty.openpty()
    with subprocess.Popen([WHOGOES, *words], stdin=slave, stdout=slave, stderr=slave,
                          env={**os.environ, "PAGER": pager, "NO_COLOR": "1", "TERM": "dumb"}) as process:
        os.close(slave)
        shown = b""
        try:
            while piece := os.read(master, 65536):
                shown += piece
        except OSError:
            pass  # how Linux says that the other side is closed
        os.close(master)
        return shown.decode(), process.wait(30)


def main():
    failed = []
    with tempfile.TemporaryDirectory(prefix="whogoes-pager-") as folder:
        log = pathlib.Path(folder) / "a.log"
        log.write_text(json.dumps(LINE) + "\n")
        show = ["log", "show", "ABCDEFGH0001", str(log)]
        paged, status = on_terminal(show, "sed s/^/PAGED:/")
        if "PAGED:401 GET /orders" not in paged or status != 0:
            failed.append(f"through the pager: {status} {paged!r}")
        for given, words, pager in [("PAGER=cat", show, "cat"), ("the list has none", ["log", str(log)], "sed s/^/PAGED:/")]:
            plain, status = on_terminal(words, pager)
            if "PAGED" in plain or "/orders" not in plain or status != 0:
                failed.append(f"{given}: {status} {plain!r}")
        left, status = on_terminal(show, "true")  # a pager that is left at once
        if status not in (0, 1):
            failed.append(f"a pager that is left: {status} {left!r}")
        piped = subprocess.run([WHOGOES, *show], capture_output=True, text=True, timeout=30, check=False,
                               env={**os.environ, "PAGER": "sed s/^/PAGED:/"})
        if "PAGED" in piped.stdout or "/orders" not in piped.stdout:
            failed.append(f"into a pipe: {piped.stdout!r}")
    print("\n".join(failed) or "pager: fine")
    sys.exit(bool(failed))


main()
