#!/usr/bin/env python3
"""A certificate that is renewed on disk is taken by a proxy that runs; half of a pair is not.

    tls_test.py WHOGOES
"""
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from loopback import free_port

WHOGOES = os.path.abspath(sys.argv[1])


def make_pair(folder, name):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-subj", f"/CN={name}", "-days", "2", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem"],
                   check=True, capture_output=True, timeout=60)


def served(port):
    """The certificate that a new connection gets."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), 20) as wire, context.wrap_socket(wire) as tls:
        return ssl.DER_cert_to_PEM_cert(tls.getpeercert(binary_form=True))


def wait_until(holds, what):
    end = time.monotonic() + 60
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"it never came about: {what}")
        time.sleep(0.02)


def put(source, target):
    """As certbot and Kubernetes do: another file in the old one's place."""
    fresh = target.with_suffix(".fresh")
    fresh.write_bytes(source.read_bytes())
    os.replace(fresh, target)


def main():
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="whogoes-tls-") as name:
        folder = pathlib.Path(name)
        for pair in ("old", "new"):
            make_pair(folder, pair)
        put(folder / "old.pem", folder / "tls.pem")
        put(folder / "old.key", folder / "tls.key")
        (folder / "whogoes.yaml").write_text(
            f"upstream: http://127.0.0.1:9\nlisten: 127.0.0.1:{port}\nadmin: off\n"
            "tls: {certificate: tls.pem, key: tls.key}\nlog: {output: log, format: json}\n")
        environment = {**os.environ, "HOME": name, "XDG_STATE_HOME": name + "/state"}
        proxy = subprocess.Popen([WHOGOES, "-c", folder / "whogoes.yaml"], cwd=folder, env=environment, stderr=subprocess.DEVNULL)

        def said(words):
            lines = (folder / "log").read_text().splitlines() if (folder / "log").exists() else []
            return sum(words in json.loads(line)["msg"] for line in lines)

        try:
            wait_until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, "a listener")
            old, new = ((folder / f"{pair}.pem").read_text() for pair in ("old", "new"))
            assert served(port) == old
            put(folder / "new.pem", folder / "tls.pem")  # its key comes late
            wait_until(lambda: said("the certificate in use stays") == 1, "a refusal")
            assert served(port) == old
            put(folder / "new.key", folder / "tls.key")
            wait_until(lambda: served(port) == new, "the new certificate")
            wait_until(lambda: said("renewed certificates taken") == 1, "a word of it")
        finally:
            proxy.kill()
            proxy.wait()
    print("passed")


main()
