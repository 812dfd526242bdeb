#!/usr/bin/env python3
"""An API and a reader in processes of their own, so that neither is slower than the proxy between
them.

    apart.py serve SECONDS FILE     prints its port; a process a connection; FILE gets the X-Id of
                                    each request with a body
    apart.py read PORT SECONDS      takes what comes, and prints how many octets that were
"""

import os
import re
import signal
import socket
import sys
import time

BLOCK = bytes(256 * 1024)


def answer(connection, ids):
    """Short answers, until a request asks for all there is, or for an end after the fifth."""
    kept, served = b"", 0

    def more():
        octets = connection.recv(65536)
        if not octets:
            raise ConnectionError
        return octets

    while True:
        while b"\r\n\r\n" not in kept:
            kept += more()
        head, kept = kept.split(b"\r\n\r\n", 1)
        head = head.lower()  # HAProxy writes names so
        if length := re.search(rb"\r\ncontent-length: *(\d+)", head):
            while len(kept) < int(length[1]):
                kept += more()
            kept = kept[int(length[1]):]
            os.write(ids, re.search(rb"\r\nx-id: *(\S+)", head)[1] + b"\n")
        if b"x-fault: bulk" in head:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % 2 ** 50)
            while True:
                connection.sendall(BLOCK)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine")
        served += 1
        if b"x-fault: five" in head and served == 5:
            connection.close()
            return


def serve(seconds, file):
    ids = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.create_server(("127.0.0.1", 0), backlog=128) as door:
        print(door.getsockname()[1], flush=True)
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            door.settimeout(left)
            try:
                connection, _ = door.accept()
            except socket.timeout:
                return
            if os.fork() == 0:
                signal.alarm(int(seconds) + 1)
                connection.settimeout(None)
                try:
                    answer(connection, ids)
                except OSError:
                    pass
                os._exit(0)
            connection.close()


def read(port, seconds):
    into = bytearray(1024 * 1024)
    octets = 0
    with socket.create_connection(("127.0.0.1", port)) as wire:
        wire.sendall(b"GET /bulk HTTP/1.1\r\nHost: chaos\r\nX-Fault: bulk\r\n\r\n")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            got = wire.recv_into(into)
            if not got:
                break
            octets += got
    print(octets)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(float(sys.argv[2]), sys.argv[3])
    else:
        read(int(sys.argv[2]), float(sys.argv[3]))
