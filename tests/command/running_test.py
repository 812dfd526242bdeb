#!/usr/bin/env python3
"""A proxy that runs, from outside: what it tells a service manager, and `whogoes log` that asks it.

    running_test.py WHOGOES
"""
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from loopback import free_port

WHOGOES = os.path.abspath(sys.argv[1])


class Bare401(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def ask(port, path):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10).close()
    except urllib.error.HTTPError as refused:
        refused.close()


class Manager:
    """Listens where a service manager would."""

    def __init__(self, path):
        self.wire = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.wire.bind(path)
        self.wire.settimeout(20)

    def hears(self):
        return self.wire.recv(4096).decode().split("\n")


def expect(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: {got!r}, expected {wanted!r}")


def log(folder, *words):
    done = subprocess.run([WHOGOES, "log", *words], capture_output=True, text=True, timeout=60, check=False, cwd=folder)
    return done.returncode, done.stdout, done.stderr


def check_log(folder, port, admin):
    """Without a file and without a word, it asks the instance of this user; by its URL, any."""
    for path in ("/a", "/b"):
        ask(port, path)
    key = (folder / f"state/whogoes/admin-{admin}.token").read_text()
    url = f"http://127.0.0.1:{admin}/#k={key}"
    where = ["--admin", f"127.0.0.1:{admin}"]
    for words in ([url], [url.partition("#")[0]], [f"http://localhost:{admin}"], where):
        code, out, complaint = log(folder, *words, "-o", "json")
        expect(f"log {words[0][:8]}", (code, complaint), (0, ""))
        expect("paths", [json.loads(line)["url"]["path"] for line in out.splitlines()], ["/a", "/b"])
    code, out, complaint = log(folder, f"http://127.0.0.1:{admin}/#k=wrong")
    expect("a wrong key", (code, out), (2, ""))
    expect("says what to do", "wants its token" in complaint, True)
    expect("a closed port", log(folder, f"http://127.0.0.1:{free_port()}/")[0], 2)
    follower = subprocess.Popen([WHOGOES, "log", "-f", "-o", "json", "-n", "1", url], stdout=subprocess.PIPE, text=True)
    try:
        expect("the last", json.loads(follower.stdout.readline())["url"]["path"], "/b")
        ask(port, "/c")
        expect("followed", json.loads(follower.stdout.readline())["url"]["path"], "/c")
    finally:
        follower.kill()
        follower.wait()


class Slow(BaseHTTPRequestHandler):
    """Answers /slow once it may, opens a tunnel for an Upgrade."""
    asked, may_answer = threading.Event(), threading.Event()

    def do_GET(self):
        if self.headers["Upgrade"]:
            self.wfile.write(b"HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
            self.rfile.read()
            self.close_connection = True
            return
        Slow.asked.set()
        Slow.may_answer.wait(60)
        self.send_response(401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def read_to_end(wire):
    octets = b""
    while part := wire.recv(65536):
        octets += part
    return octets


def status(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code


def wait_until(holds):
    end = time.monotonic() + 60
    while not holds():
        if time.monotonic() > end:
            raise AssertionError("it never came about")
        time.sleep(0.01)


def check_drain(second_signal):
    """Unready before the doors close; tunnels end, requests do not; a second signal waits for nothing."""
    Slow.asked.clear()
    Slow.may_answer.clear()
    upstream = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    upstream.daemon_threads = True
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    port, admin = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="whogoes-drain-") as name:
        folder = pathlib.Path(name)
        (folder / "config.yaml").write_text(
            f"upstream: http://127.0.0.1:{upstream.server_address[1]}\nlisten: 127.0.0.1:{port}\n"
            f"admin: 127.0.0.1:{admin}\nlog: {{output: {name}/log, format: json}}\n"
            "drain: {delay: 500ms, timeout: 60s}\nlimits: {timeouts: {header: 60s}}\n")
        proxy = subprocess.Popen([WHOGOES, "-c", folder / "config.yaml"], stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: socket.socket().connect_ex(("127.0.0.1", admin)) == 0)
            expect("ready", status(admin, "/readyz"), 200)
            tunnel = socket.create_connection(("127.0.0.1", port), 60)
            tunnel.sendall(b"GET /t HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
            expect("a tunnel", tunnel.recv(12), b"HTTP/1.1 101")
            slow = socket.create_connection(("127.0.0.1", port), 60)
            slow.sendall(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            expect("asked", Slow.asked.wait(60), True)
            proxy.send_signal(signal.SIGTERM)
            wait_until(lambda: status(admin, "/readyz") == 503)
            expect("the door is open yet", socket.socket().connect_ex(("127.0.0.1", port)), 0)
            read_to_end(tunnel)  # ends
            expect("still there", proxy.poll(), None)
            if second_signal:
                proxy.send_signal(signal.SIGTERM)
                proxy.wait(10)
                Slow.may_answer.set()
                return
            Slow.may_answer.set()
            expect("in flight", read_to_end(slow)[:12], b"HTTP/1.1 401")
            expect("exit status", proxy.wait(60), 0)
            events = [json.loads(line)["event"] for line in (folder / "log").read_text().splitlines()]
            expect("the log is whole", (events[-1], events.count("auth.failure")), ("lifecycle", 1))
        finally:
            Slow.may_answer.set()
            proxy.kill()
            proxy.wait()
            upstream.shutdown()


def status_for(admin, name):
    """What the admin listener says to who asks for it by this name."""
    with socket.create_connection(("127.0.0.1", admin), 20) as wire:
        wire.sendall(f"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
        return int(read_to_end(wire).split(b" ")[1])


def check_live_changes():
    """A reload reaches the admin listener's names; a log whose folder went, or a state folder that is none, ends nothing."""
    upstream = HTTPServer(("127.0.0.1", 0), Bare401)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    port, admin = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="whogoes-live-") as name:
        folder = pathlib.Path(name)
        logs, config, errors = folder / "logs", folder / "config.yaml", folder / "stderr"
        logs.mkdir()
        (folder / "state").write_text("no folder")

        def configure(names):
            config.write_text(f"upstream: http://127.0.0.1:{upstream.server_address[1]}\nlisten: 127.0.0.1:{port}\nadmin: 127.0.0.1:{admin}\n"
                              f"host_names: [{names}]\nlog: {{output: {logs}/log, format: json}}\n")

        configure("one.internal")
        with open(errors, "w") as stderr:
            proxy = subprocess.Popen([WHOGOES, "-c", config], stderr=stderr, env={**os.environ, "XDG_STATE_HOME": name + "/state"})
        try:
            wait_until(lambda: socket.socket().connect_ex(("127.0.0.1", admin)) == 0)
            expect("names", [status_for(admin, one) for one in ("one.internal", "two.internal")], [200, 403])
            configure("two.internal")
            proxy.send_signal(signal.SIGHUP)
            wait_until(lambda: status_for(admin, "two.internal") == 200)
            expect("the name before", status_for(admin, "one.internal"), 403)
            # A state folder that may not be written is said.
            wait_until(lambda: all(words in (logs / "log").read_text() for words in ("is not kept", "admin token")))

            logs.rename(folder / "moved")
            proxy.send_signal(signal.SIGUSR1)
            wait_until(lambda: "log output" in errors.read_text())
            ask(port, "/a")
            wait_until(lambda: '"/a"' in (folder / "moved/log").read_text())
            expect("says so in the log as well", '"log output ' in (folder / "moved/log").read_text(), True)
            logs.mkdir()
            ask(port, "/b")
            wait_until(lambda: (logs / "log").exists() and '"/b"' in (logs / "log").read_text())
            proxy.send_signal(signal.SIGTERM)
            expect("exit status", proxy.wait(30), 0)
        finally:
            proxy.kill()
            proxy.wait()
            upstream.shutdown()


def check_chosen_key():
    with tempfile.TemporaryDirectory() as name:
        state = pathlib.Path(name, "state")
        state.write_text("no folder")
        run = subprocess.run([WHOGOES, "-u", "http://127.0.0.1:9", "-l", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--", "true"], timeout=60,
                             env={**os.environ, "XDG_STATE_HOME": str(state), "WHOGOES_ADMIN_TOKEN": "chosen-for-a-test-0123456789"},
                             stderr=subprocess.PIPE, text=True, check=True)
        expect("says of the fingerprints alone", ["is not kept" in run.stderr, "admin token" in run.stderr], [True, False])


def main():
    upstream = HTTPServer(("127.0.0.1", 0), Bare401)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    port, admin = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="whogoes-running-") as name:
        folder = pathlib.Path(name)
        manager = Manager(name + "/notify")
        os.environ.update({"XDG_STATE_HOME": name + "/state", "HOME": name})
        config = folder / "config.yaml"
        config.write_text(f"upstream: http://127.0.0.1:{upstream.server_address[1]}\nlisten: 127.0.0.1:{port}\nadmin: 127.0.0.1:{admin}\n")
        proxy = subprocess.Popen([WHOGOES, "-c", config, "--log-format", "json"], env={**os.environ, "NOTIFY_SOCKET": name + "/notify"},
                                 stderr=subprocess.DEVNULL)
        try:
            expect("the start", manager.hears(), ["READY=1"])
            check_log(folder, port, admin)
            proxy.send_signal(signal.SIGHUP)
            reloading = manager.hears()
            expect("a reload", (reloading[0], reloading[1].startswith("MONOTONIC_USEC=")), ("RELOADING=1", True))
            expect("its end", manager.hears(), ["READY=1"])
            proxy.send_signal(signal.SIGTERM)
            expect("the end", manager.hears(), ["STOPPING=1"])
            expect("exit status", proxy.wait(30), 0)
        finally:
            proxy.kill()
            proxy.wait()
    check_live_changes()
    check_chosen_key()
    check_drain(second_signal=False)
    check_drain(second_signal=True)
    print("passed")


main()
