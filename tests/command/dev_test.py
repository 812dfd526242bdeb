#!/usr/bin/env python3
"""A running --dev proxy: `whogoes simulate` finds it and has it refuse; a saved configuration holds.

    dev_test.py WHOGOES
"""
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from http.server import HTTPServer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from loopback import Api, free_port

WHOGOES = sys.argv[1]
FAILURES = []


def expect(given, found, wanted):
    if found != wanted:
        FAILURES.append(f"{given}: {found!r}, expected {wanted!r}")


def status_of(url, **fields):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, **fields), timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


class Proxy:
    def __init__(self, upstream, folder, *flags, log=subprocess.DEVNULL):
        self.listen, self.admin = free_port(), free_port()
        self.env = dict(os.environ, XDG_STATE_HOME=str(folder))
        self.url = f"http://127.0.0.1:{self.listen}"
        self.token_file = folder / "whogoes" / f"admin-{self.admin}.token"
        self.process = subprocess.Popen(
            [WHOGOES, "-u", f"http://127.0.0.1:{upstream}", "-l", f"127.0.0.1:{self.listen}",
             "--admin", f"127.0.0.1:{self.admin}", *flags], env=self.env, stderr=log)
        self.whogoes("health", "--wait", "20s")

    def whogoes(self, verb, *words):
        return subprocess.run([WHOGOES, verb, *words, "--admin", f"127.0.0.1:{self.admin}"], env=self.env,
                              timeout=60, capture_output=True, text=True, check=False)

    def simulate(self, *words):
        ended = self.whogoes("simulate", *words)
        return ended.returncode, (ended.stdout + ended.stderr).strip()

    def stop(self):
        self.process.terminate()
        expect("exit status", self.process.wait(20), 0)


def a_running_proxy(upstream, folder):
    proxy = Proxy(upstream, folder, "--dev")
    try:
        expect("mode of the token's file", stat.S_IMODE(proxy.token_file.stat().st_mode), 0o600)
        expect("before", status_of(proxy.url + "/v1/a"), 204)
        expect("asked", proxy.simulate("insufficient-scope", "--match", "/v1/**", "--for", "1m"),
               (0, "simulating insufficient-scope on /v1/** for 1m"))
        expect("what matches", status_of(proxy.url + "/v1/a?b=c"), 403)
        expect("what does not", status_of(proxy.url + "/v2"), 204)
        expect("for all paths", proxy.simulate("rate-limited")[0], 0)
        expect("the newest first", status_of(proxy.url + "/v1/a"), 429)
        expect("ended", proxy.simulate("off"), (0, "simulating nothing any more"))
        expect("afterwards", status_of(proxy.url + "/v1/a"), 204)
        for words, said in [
                (["token-expird"], 'whogoes: simulate: "token-expird" is no cause; did you mean "token-expired"?'),
                (["token-expired", "--for", "5"], "whogoes: simulate: --for is no duration: write 5m"),
                (["token-expired", "--match", "v1"],
                 'whogoes: simulate: --match: "v1" is no path: a pattern starts with /, as in "/public/**" or "POST /login"'),
                ([], "whogoes: simulate needs a cause, as in `whogoes simulate token-expired`, or off; `whogoes causes` lists them")]:
            expect(words, proxy.simulate(*words), (2, said))
        expect("for too long", proxy.simulate("token-expired", "--for", "2d"),
               (1, "whogoes: simulate: for: is no duration up to 24h: write 5m"))
        token = proxy.token_file.read_text()
        where = f"http://127.0.0.1:{proxy.admin}/api/v1/simulate?cause=token-expired"
        expect("without the token", status_of(where, method="POST"), 401)
        expect("with the token", status_of(where, method="POST", headers={"Authorization": "Bearer " + token}), 200)
        expect("simulated", status_of(proxy.url + "/v2"), 401)
    finally:
        proxy.stop()
    expect("the token's file afterwards", proxy.token_file.exists(), False)
    expect("nobody there", proxy.simulate("token-expired")[0], 1)


def a_page_of_another_port(upstream, folder):
    page = {"Origin": "http://localhost:5173", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-site",
            "Authorization": "Bearer abcdefghijklmnop"}
    with open(folder / "console", "w+") as console:
        proxy = Proxy(upstream, folder, "--dev", "--log-format", "pretty", log=console)

        def allowed(path):
            try:
                with urllib.request.urlopen(urllib.request.Request(proxy.url + path, headers=page), timeout=20) as answer:
                    return answer.headers.get("Access-Control-Allow-Origin")
            except urllib.error.HTTPError as error:
                error.close()
                return error.headers.get("Access-Control-Allow-Origin")

        try:
            for path in ("/orders/1", "/orders/2", "/orders/1", "/refused", "/refused"):
                expect("allowed at " + path, allowed(path), page["Origin"])
        finally:
            proxy.stop()
        console.seek(0)
        lines = console.read().splitlines()
    first = [at for at, line in enumerate(lines) if " 204 GET  /orders/" in line]
    expect("said once a route", len(first), 1)
    expect("what was done", [line for line in lines if "did   CORS was added" in line] != [], True)
    refused = [at for at, line in enumerate(lines) if " 401 GET  /refused" in line]
    below = 1
    while refused and lines[refused[0] + below:] and lines[refused[0] + below].startswith(" " * 14):
        below += 1
    expect("a refusal on the console", (below <= 4, max(map(len, lines[refused[0]:refused[0] + below]), default=0) <= 100), (True, True))


def a_proxy_without_dev(upstream, folder):
    proxy = Proxy(upstream, folder)
    try:
        expect("without --dev", proxy.simulate("token-expired"),
               (1, "whogoes: simulate: only the front-end profile simulates: start whogoes with --dev"))
        expect("and by the request", status_of(proxy.url, headers={"Prefer": "whogoes=token-expired"}), 204)
    finally:
        proxy.stop()


def a_file_that_is_saved(upstream, folder):
    file = folder / "whogoes.yaml"
    file.write_text("dev: true\n")
    proxy = Proxy(upstream, folder, "-c", str(file))

    def challenge():
        try:
            urllib.request.urlopen(proxy.url + "/refused", timeout=20)
        except urllib.error.HTTPError as error:
            error.close()
            return error.headers.get("WWW-Authenticate")

    try:
        expect("as it was", challenge(), None)
        file.write_text("dev: true\nchallenge: {offer: bearer}\n")
        deadline = time.monotonic() + 20
        while challenge() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        expect("as it was saved", challenge(), 'Bearer realm="api"')
    finally:
        proxy.stop()


def main():
    upstream = HTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        a_running_proxy(upstream.server_address[1], pathlib.Path(folder))
        a_page_of_another_port(upstream.server_address[1], pathlib.Path(folder))
        a_file_that_is_saved(upstream.server_address[1], pathlib.Path(folder))
        a_proxy_without_dev(upstream.server_address[1], pathlib.Path(folder))
    print("\n".join(FAILURES) or "as it should be")
    sys.exit(1 if FAILURES else 0)


main()
