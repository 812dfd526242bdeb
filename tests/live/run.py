#!/usr/bin/env python3
"""Drives real servers through whogoes and reads what its log says of each exchange.

    tests/live/run.py --whogoes build/dev/whogoes [--only nginx,flask-httpauth] [-v]

Each row of cases.py is one request, sent through a proxy of its server's own. Its record must name
one of the row's causes and exactly the row's rules, so that a wrong cause, a missed violation and
a false alarm all fail. Everything listens on free ports of 127.0.0.1 and is stopped by its pid.
"""
import argparse
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import cases
import servers
from loopback import free_port
from row import secrets

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Process:
    def __init__(self, command, folder, name, env=None):
        self.name, self.output = name, folder / f"{name}.out"
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=subprocess.STDOUT, cwd=folder, env=env)

    def await_port(self, port, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", port), 0.5).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{self.name} did not start: {self.output.read_text(errors='replace')[-2000:]}")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Bench:
    """One server with a proxy in front of it, and the proxy's log."""

    def __init__(self, name, whogoes, scratch):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=name + "-", dir=scratch))
        self.folder.chmod(0o755)
        self.port, self.log, self.running = free_port(), self.folder / "log.jsonl", []
        self.number, self.sent, self.jar = 0, 0, ""
        server, port = servers.SERVERS[name], free_port()
        env = dict(os.environ, NODE_PATH=str(ROOT / "build/node/tests/live/node_modules"),
                   HOME=str(self.folder), NODE_ENV="production", XDG_STATE_HOME=str(self.folder))
        try:
            self.start(server.command(port, self.folder), "server", env, port)
            if server.prepare:
                server.prepare(port)
            config = self.folder / "whogoes.yaml"
            config.write_text(f"version: 1\nlog: {{access: all, format: json, output: {self.log}}}\n{server.config}\n")
            self.start([whogoes, "run", "-c", str(config), "-u", f"http://127.0.0.1:{port}",
                        "-l", f"127.0.0.1:{self.port}", "--admin", "off"], "proxy", env, self.port)
        except BaseException:
            self.stop()
            raise

    def start(self, command, name, env, port):
        process = Process(command, self.folder, name, env)
        self.running.append(process)
        process.await_port(port)

    def stop(self):
        for process in reversed(self.running):
            process.stop()

    def send(self, request):
        """Sends one request on a connection of its own; gives the answer and the record's key."""
        self.number += 1
        key = f"case={self.number}" if request.marked else request.path
        path = request.path
        if request.marked:
            path += ("&" if "?" in path else "?") + key
        fields = {"Host": f"127.0.0.1:{self.port}", "User-Agent": "live-test/1", "Accept": "*/*"}
        fields.update(request.fields(path))
        if request.with_cookies and self.jar:
            fields["Cookie"] = self.jar
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.putrequest(request.method, path, skip_host=True, skip_accept_encoding=True)
        for field, value in fields.items():
            connection.putheader(field, value)
        if request.body:
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body.encode() if request.body else None)
        answer = connection.getresponse()
        answer.text = answer.read().decode(errors="replace")
        connection.close()
        self.sent += 1
        cookies = [value.split(";")[0] for field, value in answer.getheaders() if field.lower() == "set-cookie"]
        if cookies:
            self.jar = "; ".join(cookies)
        return answer, key

    def records(self):
        if not self.log.exists():
            return []
        lines = self.log.read_text().split("\n")[:-1]
        return [record for record in map(json.loads, lines) if "url" in record]

    def record_of(self, key, seconds=10):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = [record for record in self.records()
                     if key in [record["url"].get("path"), *record["url"].get("query", "").split("&")]]
            if found:
                return found
            time.sleep(0.02)
        return []


def judge(row, answer, found):
    """What is wrong with a row's outcome, in words; empty where all is right."""
    if answer.status != row.status:
        return [f"status {answer.status}, expected {row.status}"]
    if len(found) != 1:
        return [f"{len(found)} records, expected one"]
    auth = found[0].get("auth", {})
    cause, rules = auth.get("cause"), set(auth.get("rules", []))
    wrong = []
    if cause not in (row.causes or {None}):
        wrong.append(f"cause {cause}, expected {' or '.join(sorted(row.causes)) or 'none'}")
    wrong += [f"false alarm: {rule}" for rule in sorted(rules - row.rules)]
    wrong += [f"missed: {rule}" for rule in sorted(row.rules - rules)]
    return wrong


def run_server(name, whogoes, scratch, verbose):
    """Gives the numbers of rows passed and failed, and the lines to print."""
    passed, failed, lines = 0, 0, []
    try:
        bench = Bench(name, whogoes, scratch)
    except Exception as error:   # one server that fails must not hide the others
        return 0, 1, [f"  FAILED {name:20} {type(error).__name__}: {error}"]
    try:
        for row in [row for row in cases.ROWS if row.server == name]:
            wrong, more = run_row(bench, row)
            passed, failed = passed + (not wrong), failed + bool(wrong)
            lines += more if wrong or verbose else more[:1]
        more = afterwards(bench)
    except Exception as error:
        more = [f"{type(error).__name__}: {error}"]
    finally:
        bench.stop()
    return passed, failed + len(more), lines + [f"  FAILED {name:20} {words}" for words in more]


def run_row(bench, row):
    for request in row.requests:
        answer, key = bench.send(request(bench) if callable(request) else request)
        bench.last_answer = answer
    found = bench.record_of(key)
    wrong = judge(row, answer, found)
    said = found[0].get("auth", {}).get("cause") or "-" if found else "-"
    return wrong, [f"  {'FAILED' if wrong else 'ok    '} {row.server:20} {row.given:46} {answer.status} {said}",
                   *(f"           {words}" for words in wrong),
                   f"           answer: {answer.getheaders()}", f"           record: {json.dumps(found)[:3000]}"]


def afterwards(bench):
    """What holds for a whole log: one record a request, and no secret."""
    deadline = time.monotonic() + 10
    while len(bench.records()) < bench.sent and time.monotonic() < deadline:
        time.sleep(0.02)
    wrong = []
    if len(bench.records()) != bench.sent:
        wrong.append(f"{len(bench.records())} records of {bench.sent} requests")
    said = bench.log.read_text() if bench.log.exists() else ""
    wrong += ["a secret stands in the log" for secret in secrets() if secret in said]
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--whogoes", required=True)
    parser.add_argument("--only", default=",".join(servers.SERVERS))
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    names = options.only.split(",")
    unknown = [name for name in names if name not in servers.SERVERS]
    if unknown or servers.missing(names):
        print(f"no server {unknown}" if unknown else
              f"missing: {servers.missing(names)}; tests/install live installs them", file=sys.stderr)
        return 2
    whogoes = str(pathlib.Path(options.whogoes).resolve())
    scratch = tempfile.mkdtemp(prefix="whogoes-live-")
    os.chmod(scratch, 0o755)
    passed = failed = 0
    try:
        with ThreadPoolExecutor(2) as pool:   # one server starts while another is asked
            for good, bad, lines in pool.map(lambda name: run_server(name, whogoes, scratch, options.verbose), names):
                passed, failed = passed + good, failed + bad
                print("\n".join(lines), flush=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"\n{passed} passed, {failed} failed")
    return 0 if failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
