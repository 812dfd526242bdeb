#!/usr/bin/env python3
"""Whatever whogoes says may be pasted anywhere: random credentials of every kind go through the whole
program, in every place of a request, and an API that echoes them in every place of its answer. Then all
that the program has written or answers is searched: log and console, admin listener and metrics, every
form of `whogoes log`, explain, lint, its own error answers and its complaints. Of no credential may seven
characters in a row stand there.

    canary_test.py WHOGOES [SEED]
"""
import base64
import json
import os
import pathlib
import random
import socket
import string
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from loopback import free_port

WHOGOES = os.path.abspath(sys.argv[1])
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 20261123
ROUNDS = 120
LONGEST = 6
TOKEN = string.ascii_letters + string.digits + "-_"

# Issuers publish these, and a word of them says which kind of token it was.
PREFIXES = ["ghp_", "github_pat_", "glpat-", "sk_live_", "xoxb-", "AKIA", "hf_", "npm_"]


class Canaries:
    def __init__(self, seed):
        self.random, self.secrets = random.Random(seed), []

    def secret(self, length, alphabet=TOKEN):
        text = "".join(self.random.choice(alphabet) for _ in range(length))
        self.secrets.append(text)
        return text

    def encoded(self, text):
        out = base64.b64encode(text.encode()).decode()
        self.secrets.append(out.rstrip("="))
        return out

    def jwt(self):
        """Subject, mail and signature are nobody's business; issuer and times may be told."""
        def part(value):
            return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
        now = int(time.time())
        payload = part({"iss": "https://id.example", "aud": "api", "exp": now - 600, "iat": now - 4200,
                        "sub": self.secret(12), "email": self.secret(10) + "@example.com", "jti": self.secret(16)})
        signature = self.secret(43)
        self.secrets.append(payload)
        return f"{part({'alg': 'RS256', 'kid': 'k1'})}.{payload}.{signature}"

    def authorizations(self):
        user, password = self.secret(9), self.secret(12)
        basic = self.encoded(f"{user}:{password}")
        yield "Bearer " + self.secret(24)
        yield "Bearer " + self.jwt()
        yield "bearer" + self.secret(30)
        yield "Bearer: " + self.secret(30)
        yield "Bearer Bearer " + self.secret(24)
        yield "Bearer \"" + self.secret(24) + "\""
        yield "Bearer " + self.secret(20) + " " + self.secret(20)
        yield "Bearer " + self.random.choice(PREFIXES) + self.secret(36)
        yield "Bearer " + self.secret(40, "0123456789abcdef")
        yield "Basic " + basic
        yield "Basic " + self.encoded(basic)
        yield "Basic " + user + ":" + password
        yield "Bearer " + basic
        yield "Token " + self.secret(40)
        yield "ApiKey " + self.secret(32)
        yield self.secret(40)
        yield user + ":" + password
        yield self.jwt()
        yield f'Digest username="{self.secret(9)}", realm="api", nonce="the-server-said-it", uri="/", response="{self.secret(32, "0123456789abcdef")}", cnonce="{self.secret(16)}"'
        yield "Negotiate " + self.encoded(self.secret(60))
        yield "NTLM " + self.encoded("NTLMSSP\0" + self.secret(40))
        yield f"AWS4-HMAC-SHA256 Credential=AKIA{self.secret(16, string.ascii_uppercase)}/20261123/eu/s3/aws4_request, SignedHeaders=host, Signature={self.secret(64, '0123456789abcdef')}"
        yield "DPoP " + self.secret(32)
        yield "Bearer " + self.secret(24) + ", Basic " + self.secret(24)
        yield "Bearer <" + self.secret(24) + ">"
        yield "Bearer " + self.secret(12) + "%3D%3D" + self.secret(12)
        yield "Session-Key " + self.secret(20)


class Api(BaseHTTPRequestHandler):
    """Says in every place what it was sent."""
    protocol_version = "HTTP/1.1"
    status = 401

    def respond(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode("latin-1")
        offered = self.headers.get("Authorization", "").encode("ascii", "replace").decode()
        echo = " ".join([offered, self.headers.get("X-Api-Key", ""), self.headers.get("Cookie", ""), body]).replace('"', "'").replace("\r\n", " ")
        status = Api.status
        # A 403 that asks for a scope, and repeats in it what it was sent.
        scoped = "insufficient_scope" if status == 403 else "invalid_token"
        answer = json.dumps({"error": "invalid_token", "error_description": "refused: " + echo, "path": self.path, "status": status}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("WWW-Authenticate", f'Bearer realm="api", error="{scoped}", error_description="{echo}", scope="read {echo}"')
        self.send_header("Set-Cookie", self.headers.get("Cookie", "a=b") + "; Path=/")
        self.send_header("X-Debug", echo)
        if status in (302, 307):
            self.send_header("Location", "https://id.example/login?state=" + self.headers.get("X-Api-Key", "x"))
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    def answer_call(self):
        """A call's refusal, in each place that one may stand."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("latin-1")
        echo = " ".join([self.headers.get("Authorization", ""), self.headers.get("X-Api-Key", ""), body])
        kind, place = self.headers["Content-Type"], self.headers["X-Place"]
        if "json" not in kind:  # what protocol buffers hold has no names that would tell a secret
            echo = echo.replace(body, "")
        field = lambda number, octets: bytes([number << 3 | 2]) + bytes([len(octets) & 127 | 128, len(octets) >> 7]) + octets
        reason = "".join(c for c in self.headers.get("X-Api-Key", "") if c.isalnum())
        info = field(1, reason.encode()) + field(2, (reason + ".example").encode())
        details = base64.b64encode(b"\x08\x10" + field(3, field(1, b"type.googleapis.com/google.rpc.ErrorInfo") + field(2, info))).decode()
        lines = {"grpc-status": "16", "grpc-message": urllib.parse.quote(echo), "grpc-status-details-bin": details}
        error = {"code": "unauthenticated", "message": echo, "details": [{"type": "google.rpc.ErrorInfo", "value": base64.b64encode(info).decode(), "debug": {"reason": reason}}]}
        frame = lambda flags, octets: bytes([flags]) + len(octets).to_bytes(4, "big") + octets
        block = "".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode()
        self.send_response(401 if place == "unary" else 200)
        self.send_header("Content-Type", kind)
        out = {"frame": frame(0, echo.encode("latin-1")) + frame(128, block), "unary": json.dumps(error).encode(),
               "stream": frame(2, json.dumps({"error": error}).encode())}.get(place, b"")
        if place == "head":
            for name, value in lines.items():
                self.send_header(name, value)
        if place != "trailers":
            self.send_header("Content-Length", str(len(out)))
            self.end_headers()
            self.wfile.write(out)
            return
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"0\r\n" + block + b"\r\n")

    def do_POST(self):
        return self.answer_call() if self.headers.get("X-Place") else self.respond()

    do_GET = do_PUT = do_OPTIONS = do_HEAD = respond

    def log_message(self, *_):
        pass


def raw(port, octets):
    """All that comes back until the other side ends."""
    with socket.create_connection(("127.0.0.1", port), 10) as wire:
        wire.settimeout(10)
        out = b""
        try:
            wire.sendall(octets)
            while piece := wire.recv(65536):
                out += piece
        except ConnectionError:
            pass  # what it said before counts
    return out.decode("latin-1")


class Proxy:
    """One proxy; what it writes goes to files of the folder."""

    def __init__(self, folder, name, upstream, *flags):
        self.port, self.admin = free_port(), free_port()
        self.log, self.output = folder / f"{name}.log", folder / f"{name}.out"
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(
                [WHOGOES, "-u", f"http://127.0.0.1:{upstream}", "-l", f"127.0.0.1:{self.port}", "--admin", f"127.0.0.1:{self.admin}",
                 "--log-output", str(self.log), *flags], stdout=output, stderr=output, cwd=folder)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.5).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{name} did not start: {self.output.read_text()}")

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def bodies_of(canaries, form):
    """A login as forms, JSON, a file upload and XML write it."""
    name, password, token = canaries.secret(9), canaries.secret(13), canaries.secret(20)
    login = json.dumps({"user": {"email": f"{name}@example.com", "password": password}, "client": {"secret": [token]}})
    part = "\r\n".join(["--b", 'Content-Disposition: form-data; name="password"', "", password, "--b--", ""])
    return [("application/x-www-form-urlencoded", form), ("application/json", login),
            ("application/json", json.dumps({"body": login})), ("multipart/form-data; boundary=b", part),
            ("text/xml", f"<Login><UserName>{name}</UserName><Password>{password}</Password></Login>")]


def request_of(canaries, authorization, index):
    key, cookie = canaries.secret(16), canaries.secret(24)
    token, code, state = canaries.secret(14), canaries.secret(12), canaries.secret(18)
    form = f"grant_type=password&username={canaries.secret(9)}&password={canaries.secret(13)}&client_secret={canaries.secret(20)}"
    path = ["/v1/orders", f"/v1/{key}/x", f"/reset/{canaries.secret(40)}", f"/a;jsessionid={canaries.secret(20)}", "/oauth/token",
            f"/files/{canaries.jwt()}/raw"][index % 6]
    query = f"?page=2&access_token={token}&code={code}&X-Amz-Signature={canaries.secret(40)}&next=https%3A%2F%2Fa.example%2F%3Fapi_key%3D{key}"
    method = "POST" if index % 3 == 0 else "GET"
    fields = [f"{method} {path}{query if index % 2 else ''} HTTP/1.1", "Host: api.example", "Connection: close",
              f"Authorization: {authorization}", f"X-API-Key: {key}", f"Cookie: lang=de; sid={cookie}; csrftoken={canaries.secret(20)}; {canaries.secret(20, string.ascii_lowercase)}",
              f"X-CSRF-Token: {canaries.secret(18)}", f"Proxy-Authorization: Basic {canaries.encoded(canaries.secret(15))}",
              f"DPoP: {canaries.jwt()}", f"Referer: https://app.example/cb?code={code}&state={state}",
              f"User-Agent: client/1 ({key}; mailto:{canaries.secret(9, string.ascii_lowercase)}@example.com)", f"Origin: https://{key}.example", "Accept: application/json"]
    kind, body = bodies_of(canaries, form)[index // 3 % 5] if method == "POST" else ("", "")
    if body:
        fields += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    return ("\r\n".join(fields) + "\r\n\r\n" + body).encode("latin-1")


CALLS = [("application/grpc", "head"), ("application/grpc", "trailers"), ("application/grpc-web+proto", "frame"),
         ("application/connect+json", "stream"), ("application/json", "unary")]


def call_of(canaries, authorization, index):
    kind, place = CALLS[index % len(CALLS)]
    path = ["/orders.v1.Orders/List", f"/orders.v1.Orders/{canaries.secret(40)}", f"/{canaries.secret(44)}/List"][index % 3]
    message = json.dumps({"user": "ann", "password": canaries.secret(20)})
    body = message if place == "unary" else "\0" + len(message).to_bytes(4, "big").decode("latin-1") + message
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: api.example", "Connection: close", f"Content-Type: {kind}", f"X-Place: {place}",
                        "Connect-Protocol-Version: 1" if place == "unary" else "TE: trailers", f"Authorization: {authorization}",
                        f"X-API-Key: {canaries.secret(30, string.ascii_letters + string.digits)}",
                        f"Content-Length: {len(body)}", "", body]).encode("latin-1")


def broken_requests(canaries):
    """What the proxy answers by itself."""
    secret = canaries.secret(40)  # by its length it shows for what it is, also where nothing names it
    yield f"GET /a HTTP/1.1\r\nAuthorization: Bearer {secret}\r\n\r\n"
    yield f"GET /a?access_token={secret} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"
    yield f"GET /a HTTP/1.1\r\nHost: a\r\nAuthorization : Bearer {secret}\r\n\r\n"
    yield f"{secret} /a HTTP/1.1\r\nHost: a\r\nContent-Length: x{secret}\r\n\r\n"
    yield f"GET /{secret} HTTP/9.9\r\nHost: a\r\n\r\n"
    yield f"CONNECT {secret}:443 HTTP/1.1\r\nHost: a\r\n\r\n"
    yield f"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: {secret}\r\n\r\n"
    yield f"GET /a HTTP/1.1\r\nHost: a\r\nExpect: {secret}\r\nCookie: sid={secret}\r\n\r\n"
    yield f"GET /a HTTP/1.1\r\nHost: a\r\nX: {secret * 4000}\r\n\r\n"


def run(*words, text=None, **options):
    done = subprocess.run([WHOGOES, *map(str, words)], input=text, capture_output=True, text=True, timeout=120, check=False, **options)
    return done.stdout + done.stderr


def said_of(log, folder):
    """Every form in which a log is reviewed, by what made it."""
    id_of = [json.loads(line)["id"] for line in log.read_text().splitlines() if '"auth.failure"' in line]
    yield "log", run("log", log, "-n", "all", "-v")
    yield "log --color", run("log", log, "-n", "all", "-v", "--color", "always")
    yield "log -o json", run("log", log, "-n", "all", "-v", "-o", "json")
    yield "log --summary", run("log", log, "--summary")
    yield "log --summary -o json", run("log", log, "--summary", "-o", "json")
    yield "log stats", run("log", "stats", log, "--by", "cause,route,path,token,method,status,client,event,rule", "--bucket", "1m")
    yield "log show", "".join(run("log", "show", one, log) for one in id_of[:40])
    for form in ("--curl", "--md", "--jsonl"):
        yield f"log export {form}", run("log", "export", form, log)
    yield "log export --har", run("log", "export", "--har", folder / "out.har", log) + (folder / "out.har").read_text()


def said_by_admin(proxy, token):
    for path in ("/livez", "/readyz", "/metrics", "/", "/api/v1/events", "/api/v1/events?format=text", "/api/v1/events?format=curl",
                 "/api/v1/events?format=markdown", "/api/v1/summary", "/api/v1/export.har", "/api/v1/export.jsonl"):
        answer = raw(proxy.admin, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n".encode())
        status = answer.split(" ", 2)[1]
        if status != "200":
            raise AssertionError(f"admin {path}: status {status}")
        yield f"admin {path}", answer


def mcp_message(number, tool, arguments):
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": {"name": tool, "arguments": arguments}})


def mcp_messages(ids, credentials):
    """Each tool of the MCP server, about all that the log has; a credential in every place that takes words."""
    calls = [("failures", {"limit": 100}), ("failures", {}), ("summary", {}), ("causes", {}), ("causes", {"word": "token-expired"})]
    calls += [("explain_failure", {"id": one}) for one in ids]
    for credential in credentials:
        calls += [("explain_token", {"credential": credential}), ("explain_token", {"fingerprint": credential[:15]}),
                  ("lint", {"urls": ["/v1/orders"], "headers": ["Authorization: " + credential]})]
        calls += [(tool, {name: credential}) for tool, name in (("failures", "cause"), ("failures", "token"), ("summary", "since"), ("failures", "status"),
                  ("explain_failure", "id"), ("causes", "word"), ("simulate", "cause"), ("simulate", "match"), (credential, credential))]
    return [mcp_message(number, tool, arguments) for number, (tool, arguments) in enumerate(calls)]


def said_to_agents(proxy, token, credentials):
    """Over HTTP and over standard output."""
    events = json.loads(raw(proxy.admin, f"GET /api/v1/events?event=auth.failure HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode()).split("\r\n\r\n", 1)[1])
    messages = mcp_messages([one["id"] for one in events["events"]][:40], credentials)
    for message in messages:
        head = (f"POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nConnection: close\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(message)}\r\n\r\n")
        answer = raw(proxy.admin, (head + message).encode())
        if answer.split(" ", 2)[1] != "200":
            raise AssertionError(f"POST /mcp: {answer[:200]}")
        yield "POST /mcp", answer
    said = run("mcp", "--admin", f"127.0.0.1:{proxy.admin}", text="\n".join(messages) + "\n")
    if said.count("\n") < len(messages) or '"structuredContent"' not in said:
        raise AssertionError(f"whogoes mcp answers too little: {said[:300]}")
    yield "whogoes mcp", said
    yield "whogoes mcp FILE", run("mcp", proxy.log, text="\n".join(messages) + "\n")


def runs_of(secrets):
    return {secret[at:at + LONGEST + 1] for secret in secrets for at in range(len(secret) - LONGEST)}


def leaks(name, text, runs):
    """One search for all of them: every seven characters of the text are looked up."""
    for at in range(len(text) - LONGEST):
        if text[at:at + LONGEST + 1] in runs:
            return [f"{name}: {text[at:at + LONGEST + 1]!r} in {text[max(0, at - 80):at + 60]!r}"]
    return []


def main():
    canaries, found, seen = Canaries(SEED), [], 0
    api = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=api.serve_forever, daemon=True).start()
    upstream = api.server_address[1]
    texts = []
    with tempfile.TemporaryDirectory(prefix="whogoes-canary-") as name:
        folder = pathlib.Path(name)
        os.environ["XDG_STATE_HOME"] = str(folder / "state")
        as_json = Proxy(folder, "json", upstream, "--log-format", "json", "--challenge", "bearer", "-v")
        pretty = Proxy(folder, "pretty", upstream, "--log-format", "pretty", "--color", "always", "-v")
        nobody = Proxy(folder, "nobody", free_port(), "--log-format", "json")
        proxies = [as_json, pretty, nobody]
        try:
            offered = []
            while len(offered) < ROUNDS:
                offered += list(canaries.authorizations())
            for index, authorization in enumerate(offered):
                Api.status = [401, 403, 401, 400, 401, 302, 200, 500][index % 8]
                request = request_of(canaries, authorization, index)
                for proxy in (as_json, pretty) if index % 9 else proxies:
                    raw(proxy.port, request)  # the API's own answer holds them, and passes
                call = call_of(canaries, authorization, index)
                for proxy in (as_json, pretty):
                    raw(proxy.port, call)
            for request in broken_requests(canaries):
                for proxy in proxies:
                    said = raw(proxy.port, request.encode())
                    if '"source":"whogoes"' not in said:
                        raise AssertionError(f"not refused: {request[:60]!r}: {said[:200]}")
                    texts.append(("an answer of our own", said))
            for proxy in proxies:
                time.sleep(0.3)  # a batch goes out every tenth of a second
                token = (folder / f"state/whogoes/admin-{proxy.admin}.token").read_text()
                texts += said_by_admin(proxy, token)
                if proxy is as_json:
                    texts += said_to_agents(proxy, token, offered[:27])
                for path in ("/api/v1/events", "/nowhere"):
                    wrong = canaries.secret(30)
                    texts.append(("admin refusal", raw(proxy.admin, (
                        f"GET {path}?k={wrong} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {wrong}\r\n"
                        "Connection: close\r\n\r\n").encode())))
        finally:
            for proxy in proxies:
                proxy.stop()
            api.shutdown()
        for proxy in proxies:
            texts += [(proxy.log.name, proxy.log.read_text()), (proxy.output.name, proxy.output.read_text())]
        texts += said_of(as_json.log, folder)
        seen = sum('"auth.failure"' in line for line in as_json.log.read_text().splitlines())
        for authorization in offered[:60]:
            texts.append(("explain", run("explain", "-", text=authorization)))
            texts.append(("explain -o json", run("explain", "-", "-o", "json", text=authorization)))
        for index, authorization in enumerate(offered[:12]):
            request = request_of(canaries, authorization, index).decode("latin-1")
            sent = "".join(f"> {line}\r\n" for line in request.split("\r\n")[:-1])
            offer = authorization.replace('"', "'")
            shown = (sent + "< HTTP/1.1 403 Forbidden\r\n< X-Debug: " + authorization
                     + f"\r\n< WWW-Authenticate: Bearer error=\"insufficient_scope\", scope=\"read {offer}\"\r\n< \r\n")
            for status in ("401 Unauthorized", "403 Forbidden"):
                for words in ([], ["-o", "json"], ["-o", "sarif"], ["-o", "junit"], ["-o", "github"]):
                    texts.append((f"lint {words}", run("lint", "-", *words, text=shown.replace("403 Forbidden", status))))
            bare = (f"> GET /v1/orders HTTP/1.1\r\n> Host: api.example\r\n> Cookie: lang=de; {canaries.secret(20, string.ascii_lowercase)}\r\n"
                    "> \r\n< HTTP/1.1 401 Unauthorized\r\n< \r\n")
            texts.append(("lint of a session", run("lint", "-", "-o", "json", text=bare)))
        secret = canaries.secret(40)
        for words in ([secret], ["run", secret], ["log", "--token", secret], ["log", "--since", secret], ["--challenge", f'Bearer realm="a", x={secret}"'],
                      ["explain", "--leeway", secret], ["log", "show", secret, as_json.log]):
            texts.append((f"a secret as an argument of {words[0] if words[0] != secret else 'nothing'}", run(*words, "-u", "http://127.0.0.1:1") if words[0] in (secret, "run", "--challenge") else run(*words)))
        (folder / "bad.yaml").write_text(f"upstream: http://127.0.0.1:1\nrefresh:\n  client_secret: {secret}\n  refresh_token: [{secret}]\n  grant: x\n")
        for verb in ("check", "config"):
            texts.append((verb, run(verb, "-c", folder / "bad.yaml")))
    runs = runs_of(canaries.secrets)
    for name, text in texts:
        found += leaks(name, text, runs)
    for fact in ("required_scope", "cookie_names", '"status_code":16', '"error_code":"unauthenticated"', "gRPC status 16"):
        if not any(fact in text for _, text in texts):
            found.append(f"no text has {fact}: it was not tested")
    if seen < ROUNDS // 2:
        found.append(f"only {seen} failures were recorded: nothing was tested")
    # The search itself can find something.
    if not leaks("itself", "before " + canaries.secrets[7] + " behind", runs):
        found.append("the search finds nothing")
    print("\n".join(found[:30]))
    print(f"seed {SEED}: {len(canaries.secrets)} secrets, {len(texts)} texts of {sum(len(text) for _, text in texts) // 1024} KiB, {len(found)} leaks")
    sys.exit(bool(found))


main()
