#!/usr/bin/env python3
"""How the process ends while exchanges are under way: nothing that broke off passes for whole, and
nothing that began too late holds it up.

    drain_test.py WHOGOES
"""
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from loopback import free_port

WHOGOES = os.path.abspath(sys.argv[1])
ANSWERS = {  # the beginning of each; the rest never comes
    b"/to-the-end": b"HTTP/1.1 200 OK\r\n\r\npart",
    b"/length": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart",
    b"/chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart",
}
SWITCHING = b"HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"


class Api:
    """Begins answers; a tunnel is granted when the test says so."""

    def __init__(self):
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        self.may_switch, self.asked = threading.Event(), threading.Event()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            wire, _ = self.door.accept()
            threading.Thread(target=self.serve, args=(wire,), daemon=True).start()

    def serve(self, wire):
        with wire:
            path = wire.recv(65536).split(b" ")[1]
            if path == b"/tunnel":
                self.asked.set()
                self.may_switch.wait(60)
                wire.sendall(SWITCHING)
            else:
                wire.sendall(ANSWERS[path])
            wire.recv(1)


def expect(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: {got!r}, expected {wanted!r}")


def start(folder, api, drain):
    port = free_port()
    config = pathlib.Path(folder) / "config.yaml"
    config.write_text(f"upstream: http://127.0.0.1:{api.port}\nlisten: 127.0.0.1:{port}\n"
                      f'admin: "off"\nlog: {{output: {folder}/log}}\ndrain: {{timeout: {drain}}}\n')
    proxy = subprocess.Popen([WHOGOES, "-c", config], stderr=subprocess.DEVNULL)
    while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
        if proxy.poll() is not None:
            raise AssertionError("it ended at once")
    return proxy, port


def request(port, path, fields=b""):
    wire = socket.create_connection(("127.0.0.1", port), 60)
    wire.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\n")
    return wire


def ending(wire, head):
    """What comes, and how it ends."""
    got = head
    try:
        while more := wire.recv(65536):
            got += more
    except ConnectionResetError:
        return got, "reset"
    return got, "closed"


def check_cut(second_signal):
    """Once its time is over the process ends; each answer that was under way is seen to be cut."""
    api = Api()
    with tempfile.TemporaryDirectory(prefix="whogoes-drain-") as folder:
        proxy, port = start(folder, api, "60s" if second_signal else "200ms")
        try:
            wires = {path: request(port, path) for path in ANSWERS}
            heads = {}
            for path, wire in wires.items():
                heads[path] = b""
                while not heads[path].endswith(b"part"):
                    heads[path] += wire.recv(65536)
            proxy.send_signal(signal.SIGTERM)
            if second_signal:
                while socket.socket().connect_ex(("127.0.0.1", port)) == 0:
                    pass  # it drains once the door is closed
                proxy.send_signal(signal.SIGTERM)
            expect("exit status", proxy.wait(30), 0)
            for path, wire in wires.items():
                expect(path, ending(wire, heads[path])[1], "reset")
        finally:
            proxy.kill()
            proxy.wait()


def check_late_tunnel():
    """A tunnel that is granted while draining ends at once, and the process with it."""
    api = Api()
    with tempfile.TemporaryDirectory(prefix="whogoes-drain-") as folder:
        proxy, port = start(folder, api, "60s")
        try:
            wire = request(port, b"/tunnel", b"Connection: Upgrade\r\nUpgrade: x\r\n")
            expect("asked", api.asked.wait(60), True)
            proxy.send_signal(signal.SIGTERM)
            while socket.socket().connect_ex(("127.0.0.1", port)) == 0:
                pass
            api.may_switch.set()
            got, how = ending(wire, b"")
            expect("the answer", (got[:12], how), (b"HTTP/1.1 101", "closed"))
            expect("exit status", proxy.wait(30), 0)
        finally:
            proxy.kill()
            proxy.wait()


check_cut(second_signal=False)
check_cut(second_signal=True)
check_late_tunnel()
print("passed")
