#!/usr/bin/env python3
"""Gives what whogoes writes, and what examples/ has for other programs, to those programs: lnav, jq,
promtool and Prometheus, systemd-analyze, docker-compose and the schema of Kubernetes.

    tests/review/run.py --whogoes build/dev/whogoes [--only lnav,metrics]

A log is recorded through a real proxy in front of a small API; each check is a function below.
Everything listens on free ports of 127.0.0.1 and is stopped by its pid.
"""
import argparse
import base64
import collections
import json
import os
import pathlib
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from loopback import free_port

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
PYTHON = "/usr/bin/python3"   # Debian's: it has Debian's Kubernetes client
# What interface and README promise; what is known beforehand stands at 0.
METRICS = """whogoes_http_requests_total whogoes_protocol_requests_total whogoes_rpc_refusals_total
    whogoes_http_request_duration_seconds_bucket
    whogoes_upstream_response_duration_seconds_bucket whogoes_auth_failures_total whogoes_auth_causes_total whogoes_auth_violations_total
    whogoes_auth_challenges_injected_total whogoes_clock_skew_seconds whogoes_log_events_dropped_total
    whogoes_connections whogoes_config_last_reload_successful
    whogoes_config_last_reload_success_timestamp_seconds whogoes_build_info process_cpu_seconds_total
    process_resident_memory_bytes process_open_fds process_start_time_seconds""".split()
FAMILIES = ["whogoes_auth_refresh_total", "whogoes_auth_replays_total"]


class Api(BaseHTTPRequestHandler):
    """Refuses everybody, without a challenge."""

    def do_GET(self):
        status = 403 if self.path.startswith("/admin") else 200 if self.path == "/fine" else 401
        body = b"{}"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass


def await_port(process, port, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{process.args[0]} did not start")


def await_ready(url, seconds=60):
    """A server that listens may still say 503 while it reads its storage."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=10).close()
            return
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def stop(process):
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run(*command, **options):
    """What it printed; raises with all of it when it fails."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120, check=False, **options)
    if done.returncode != 0:
        raise AssertionError(f"{shlex.join(map(str, command))}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def check(condition, words):
    if not condition:
        raise AssertionError(words)


def jwt(lifetime):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
    now = int(time.time())
    signature = base64.urlsafe_b64encode(b"no signature, only as long as one"[:32]).rstrip(b"=").decode()
    return f"{part({'alg': 'HS256'})}.{part({'exp': now + lifetime, 'iat': now - 7200})}.{signature}"


class Scene:
    """A proxy that runs, the log it has written, and a home of its own for the tools."""

    def __init__(self, whogoes, folder):
        self.whogoes, self.folder, self.log = whogoes, folder, folder / "whogoes.log"
        self.api = ThreadingHTTPServer(("127.0.0.1", 0), Api)
        threading.Thread(target=self.api.serve_forever, daemon=True).start()
        self.port, self.admin = free_port(), free_port()
        (folder / "whogoes.yaml").write_text(
            f"upstream: http://127.0.0.1:{self.api.server_address[1]}\nlisten: 127.0.0.1:{self.port}\n"
            f"admin: 127.0.0.1:{self.admin}\nchallenge: {{offer: bearer}}\nlog: {{output: whogoes.log, format: json}}\n")
        self.environment = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config"),
                            "XDG_STATE_HOME": str(folder / "state")}
        self.proxy = subprocess.Popen([whogoes, "run"], cwd=folder, env=self.environment)
        try:
            await_port(self.proxy, self.port)
            self.record()
        except BaseException:
            self.close()
            raise

    def ask(self, path, method="GET", **fields):
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers, method=method)
        try:
            urllib.request.urlopen(request, timeout=10).close()
        except urllib.error.HTTPError as refused:
            refused.close()

    def record(self):
        for i in range(6):
            self.ask(f"/v1/orders/{i}?page={i}")
            self.ask("/v1/orders", Authorization=f"Bearer {jwt(-600)}")
        self.ask("/v1/orders", method="POST", Authorization="Bearer undefined")
        self.ask("/admin/users")
        self.ask("/v1/%1b[31m?access_token=not-a-real-token-at-all")
        self.ask("/fine")
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and sum(self.causes().values()) < 15:
            time.sleep(0.05)
        check(sum(self.causes().values()) >= 15, "the proxy did not record what was sent")
        print("recorded:", dict(self.causes()), flush=True)

    def events(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def causes(self):
        return collections.Counter(event["auth"]["cause"] for event in self.events() if "cause" in event.get("auth", {}))

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics", timeout=10) as answer:
            return answer.read().decode()

    def close(self):
        stop(self.proxy)
        self.api.shutdown()


# --- the checks -------------------------------------------------------------------------------------

def lnav(scene):
    """lnav knows the log by examples/lnav/whogoes.json and counts what jq would."""
    run("lnav", "-i", EXAMPLES / "lnav/whogoes.json", env=scene.environment)

    def sql(query):
        out = run("lnav", "-n", "-c", f";{query}", "-c", ":write-json-to -", scene.log, env=scene.environment)
        check(out.strip(), f"nothing came of {query}")
        return json.loads(out)

    rows = sql('SELECT "auth/cause" AS cause, count(*) AS n FROM whogoes_log WHERE "auth/cause" IS NOT NULL GROUP BY 1')
    check({row["cause"]: row["n"] for row in rows} == dict(scene.causes()), f"causes: {rows}")
    check(sql("SELECT count(*) AS n FROM whogoes_log")[0]["n"] == len(scene.events()), "not every line is a row")
    warned = sum(event["level"] == "warn" for event in scene.events())
    check(sql("SELECT count(*) AS n FROM whogoes_log WHERE log_level = 'warning'")[0]["n"] == warned, "levels")
    row = sql('SELECT "http/response/status_code" AS status, "url/path" AS path, "jwt/exp" AS exp, "auth/token" AS token '
              "FROM whogoes_log WHERE \"auth/cause\" = 'token-expired' LIMIT 1")[0]
    wanted = next(event for event in scene.events() if event.get("auth", {}).get("cause") == "token-expired")
    check(row == {"status": 401, "path": wanted["url"]["path"], "exp": wanted["jwt"]["exp"], "token": wanted["auth"]["token"]}, row)
    broken = sql("SELECT count(*) AS n FROM whogoes_log, json_each(json_extract(log_raw_text, '$.auth.rules')) r "
                 "WHERE r.value = 'unauthorized-without-challenge'")[0]["n"]
    check(broken == sum("unauthorized-without-challenge" in event.get("auth", {}).get("rules", []) for event in scene.events()), broken)
    shown = run("lnav", "-n", scene.log, env=scene.environment).splitlines()
    check(len(shown) == len(scene.events()), "a record takes more than one line")
    check(any("token expired" in line and wanted["id"] in line for line in shown), "a row has no words or no id")


def one_liners(scene):
    """Every line of the guide's block about the log runs, and prints something."""
    guide = (ROOT / "proxy/REVIEW.md").read_text()
    block = re.search(r"<!-- log: tests/review runs these -->\n```\n(.*?)```", guide, re.S)
    check(block, "proxy/REVIEW.md has lost its block about the log")
    path = f"{scene.folder / 'bin'}:{os.environ['PATH']}"
    (scene.folder / "bin").mkdir(exist_ok=True)
    os.symlink(scene.whogoes, scene.folder / "bin/whogoes")
    scene.environment["PATH"] = path
    count, kinds = 0, set()
    for line in block[1].splitlines():
        command = line.split("  #")[0].strip()
        command = command.replace(" -f ", " ")  # following never ends
        command = command.replace("ID", next(e["id"] for e in scene.events() if e["event"] == "auth.failure"))
        done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=scene.folder, env=scene.environment,
                              capture_output=True, text=True, timeout=60, check=False)
        fails = "--fail-on" in command
        check(done.returncode == (1 if fails else 0), f"{command}: status {done.returncode}\n{done.stdout}{done.stderr}")
        check(done.stdout or "--har" in command, f"{command}: nothing printed\n{done.stderr}")
        check("\x1b" not in done.stdout, f"{command}: an escape sequence came through")
        kinds.add(command.split()[0])
        count += 1
    check(count >= 10 and {"jq", "whogoes"} <= kinds, f"{count} lines of {kinds}")


def metrics(scene):
    """promtool finds nothing to mend in /metrics, and all that is promised is there."""
    text = scene.metrics()
    run("promtool", "check", "metrics", input=text)
    for name in METRICS:
        check(re.search(rf"^{name}[ {{]", text, re.M), f"no {name}")
    for name in FAMILIES:
        check(f"# TYPE {name} counter" in text, f"no {name}")
    for labels in (r'whogoes_http_requests_total\{method="GET",code="401"\}', r'whogoes_http_request_duration_seconds_bucket\{code_class="4xx",le="',
                   r'whogoes_auth_failures_total\{cause="token-expired",scheme="bearer",code="401"\} 6$',
                   r'whogoes_auth_causes_total\{cause="token-expired"\} 6$', r'whogoes_auth_causes_total\{cause="[a-z-]+"\} 0$',
                   r'whogoes_auth_violations_total\{rule="unauthorized-without-challenge",severity="error"\}',
                   r'whogoes_auth_challenges_injected_total\{scheme="bearer"\}', r'whogoes_connections\{side="client",state="active"\}',
                   r'whogoes_build_info\{version="[^"]+",commit="[^"]+"\} 1$', r"whogoes_log_events_dropped_total 0$",
                   r"whogoes_config_last_reload_successful 1$"):
        check(re.search(f"^{labels}", text, re.M), f"no {labels}")
    failures = sum(int(value) for value in re.findall(r"^whogoes_auth_failures_total\{.*\} (\d+)$", text, re.M))
    check(failures == sum(scene.causes().values()), f"{failures} failures counted, the log has {scene.causes()}")
    started = float(re.search(r"^process_start_time_seconds (\S+)$", text, re.M)[1])
    check(abs(time.time() - started) < 600, f"started at {started}")
    check("/v1/orders" not in text, "a path has become a label")


def prometheus(scene):
    """Debian's Prometheus scrapes it with the example's scrape file and alerts."""
    port, folder = free_port(), scene.folder / "prometheus"
    folder.mkdir()
    scrape = (EXAMPLES / "prometheus/scrape.yaml").read_text()
    scrape = scrape.replace("127.0.0.1:9401", f"127.0.0.1:{scene.admin}").replace("15s", "1s")
    (folder / "prometheus.yml").write_text(scrape)
    (folder / "alerts.yaml").write_text((EXAMPLES / "prometheus/alerts.yaml").read_text())
    with open(folder / "out", "wb") as out:
        server = subprocess.Popen(["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data",
                                   f"--web.listen-address=127.0.0.1:{port}"], cwd=folder, stdout=out, stderr=out)
    try:
        await_port(server, port)
        await_ready(f"http://127.0.0.1:{port}/-/ready")

        def query(text):
            url = f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode({"query": text})
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)["data"]["result"]

        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not query('up{job="whogoes"} == 1'):
            time.sleep(0.2)
        check(query('up{job="whogoes"} == 1'), "the scrape fails")
        for name in METRICS:
            check(query(name), f"Prometheus has no {name}")
        expired = query('sum(whogoes_auth_failures_total{cause="token-expired"})')
        check(expired[0]["value"][1] == "6", expired)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/rules", timeout=10) as answer:
            rules = [rule for group in json.load(answer)["data"]["groups"] for rule in group["rules"]]
        check(rules and all(rule["health"] != "err" for rule in rules), rules)
    finally:
        stop(server)


def alerts(_):
    """The alerts fire when they should and not before, by promtool's own test."""
    folder = EXAMPLES / "prometheus"
    run("promtool", "check", "config", "scrape.yaml", cwd=folder)
    run("promtool", "check", "rules", "alerts.yaml", cwd=folder)
    run("promtool", "test", "rules", "alerts_test.yaml", cwd=folder)


def systemd(scene):
    """The unit is one, and exposes little."""
    unit = scene.folder / "whogoes.service"
    unit.write_text((EXAMPLES / "systemd/whogoes.service").read_text().replace("/usr/local/bin/whogoes", str(scene.whogoes)))
    said = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, timeout=60, check=False).stderr
    check("whogoes.service" not in said, said)
    said = run("systemd-analyze", "security", "--offline=true", "--threshold=40", unit)
    level = re.search(r"exposure level for whogoes.service: (\d+\.\d)", said)
    check(level and float(level[1]) < 4, said[-300:])


def compose(_):
    """The Compose file is one, and publishes nothing but on the loopback address."""
    told = json.loads(run("docker-compose", "-f", EXAMPLES / "compose/compose.yaml", "config", "--no-interpolate")
                      and run(PYTHON, "-c", "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))",
                              EXAMPLES / "compose/compose.yaml"))
    published = [port for service in told["services"].values() for port in service.get("ports", [])]
    check(published and all(port.startswith("127.0.0.1:") for port in published), published)
    command = told["services"]["whogoes"]["command"]
    check(command[:2] == ["-u", "http://api:8080"], command)
    check("127.0.0.1:9401:9401" in published, "the review page cannot be reached")
    check(told["services"]["whogoes"]["environment"]["WHOGOES_ADMIN"] == "0.0.0.0:9401", "the admin listener is the container's own")


def kubernetes(scene):
    """The manifest has no field that the API does not have, and its configuration loads."""
    manifest = EXAMPLES / "kubernetes/sidecar.yaml"
    print("   ", run(PYTHON, ROOT / "tests/review/pod.py", manifest).strip())
    documents = json.loads(run(PYTHON, "-c", "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1])))))", manifest))
    config = scene.folder / "sidecar-config.yaml"
    config.write_text(next(d for d in documents if d["kind"] == "ConfigMap")["data"]["config.yaml"])
    run(scene.whogoes, "check", "-c", config)
    sidecar = next(d for d in documents if d["kind"] == "Pod")["spec"]["initContainers"][0]
    check(sidecar["restartPolicy"] == "Always", "no native sidecar")
    check("subPath" not in json.dumps(sidecar), "a subPath does not follow its ConfigMap")
    pod = next(d for d in documents if d["kind"] == "Pod")["spec"]
    api = pod["containers"][0]
    check("preStop" in api["lifecycle"] and "readinessProbe" in api, "the API ends before its last request, or is never ready")
    check(pod["terminationGracePeriodSeconds"] >= 40 and "runAsNonRoot" not in pod["securityContext"], "the pod's own settings")
    check(":latest" not in manifest.read_text(), "an image without a version")
    check(any("secretKeyRef" in variable.get("valueFrom", {}) for variable in sidecar["env"]), "the key is in no Secret")


CHECKS = [lnav, one_liners, metrics, prometheus, alerts, systemd, compose, kubernetes]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--whogoes", required=True, type=pathlib.Path)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    names = [name for name in options.only.split(",") if name]
    chosen = [one for one in CHECKS if not names or one.__name__ in names]
    failed = 0
    with tempfile.TemporaryDirectory(prefix="whogoes-review-") as folder:
        scene = Scene(options.whogoes.resolve(), pathlib.Path(folder))
        try:
            for one in chosen:
                print(f"{one.__name__}: {one.__doc__}", flush=True)
                try:
                    one(scene)
                except Exception as error:  # each check is told of, and the others run
                    failed += 1
                    print(f"    FAILED: {error}", flush=True)
        finally:
            scene.close()
    print(f"{len(chosen) - failed} passed, {failed} failed")
    sys.exit(failed != 0)


main()
