"""What a row is, and what requests are made of: tokens, passwords, fields."""
import base64
import hashlib
import hmac
import json
import re
import time
from dataclasses import dataclass, field

from known import JWT_SECRET, PASSWORD, TOKEN

OWNER = "owner-0123456789abcdef"


@dataclass
class Request:
    path: str
    authorization: str = ""
    method: str = "GET"
    more: dict = field(default_factory=dict)
    body: str = ""
    with_cookies: bool = False
    marked: bool = True              # False: no ?case=N is added; found by its path alone
    digest: object = None            # path -> value of Authorization

    def fields(self, path):
        fields = dict(self.more)
        value = self.digest(self.method, path) if self.digest else self.authorization
        if value:
            fields["Authorization"] = value
        return fields


@dataclass
class Row:
    server: str
    given: str
    requests: list                   # the last one is judged
    status: int
    causes: set = field(default_factory=set)
    rules: set = field(default_factory=set)


def segment(content):
    octets = content if isinstance(content, bytes) else json.dumps(content, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def jwt(age=0, key=JWT_SECRET, **claims):
    issued = int(time.time()) - age
    content = {"iss": "https://id.example", "aud": "live", "sub": "ann", "iat": issued, "exp": issued + 3600,
               "scope": "items:read"}
    content.update(claims)
    head = segment({"alg": "HS256", "typ": "JWT"}) + "." + segment(content)
    return head + "." + segment(hmac.new(key.encode(), head.encode(), hashlib.sha256).digest())


def bearer(token):
    return "Bearer " + token


def basic(user="ann", password=PASSWORD):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def digest_request(path, password=PASSWORD, uri=None, age=0):
    """A Digest request that answers the challenge of the one before it."""
    def build(bench):
        challenge = bench.last_answer.getheader("WWW-Authenticate") or ""
        given = {name: quoted or plain
                 for name, quoted, plain in re.findall(r'(\w+)=(?:"([^"]*)"|([^",\s]+))', challenge)}

        def authorize(method, target):
            def digest(text):
                return hashlib.md5(text.encode()).hexdigest()
            own = uri or target
            first = digest(f"ann:{given['realm']}:{password}")
            second = digest(f"{method}:{own}")
            common = f"{given['nonce']}:00000001:0a4f113b:auth"
            response = digest(f"{first}:{common}:{second}") if "qop" in given else \
                digest(f"{first}:{given['nonce']}:{second}")
            value = (f'Digest username="ann", realm="{given["realm"]}", nonce="{given["nonce"]}", uri="{own}", '
                     f'response="{response}", algorithm=MD5')
            if "qop" in given:
                value += ', qop=auth, nc=00000001, cnonce="0a4f113b"'
            if "opaque" in given:
                value += f', opaque="{given["opaque"]}"'
            return value
        if age:
            time.sleep(age)   # until the nonce has really run out
        return Request(path, digest=authorize)
    return build


def secrets():
    return [PASSWORD, TOKEN, OWNER, "s3cr3tcookie", JWT_SECRET, base64.b64encode(f"ann:{PASSWORD}".encode()).decode(),
            base64.b64encode(b"ann:coffee").decode(), segment({"alg": "HS256", "typ": "JWT"}) + "."]


JSON_CLIENT = {"Accept": "application/json"}
PAGE = {"Origin": "http://app.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
SAME_ORIGIN_SCRIPT = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
PREFLIGHT = {"Origin": "http://app.example", "Access-Control-Request-Method": "GET",
             "Access-Control-Request-Headers": "authorization", "Sec-Fetch-Mode": "cors"}


def basic_rows(server, path, rules=frozenset(), takes_bearer=False):
    """What holds for every server that asks for Basic; `rules` are those that its challenge breaks."""
    rules = set(rules)
    rows = [
        Row(server, "missing", [Request(path)], 401, {"no-credentials"}, rules),
        Row(server, "right", [Request(path, basic())], 200),
        Row(server, "wrong password", [Request(path, basic(password="coffee"))], 401, {"basic-wrong-credentials"}, rules),
        Row(server, "unknown user", [Request(path, basic("eve"))], 401, {"basic-wrong-credentials"}, rules),
        Row(server, "a line feed at the end", [Request(path, basic(password=PASSWORD + "\n"))], 401,
            {"basic-trailing-newline"}, rules),
        Row(server, "empty password", [Request(path, basic(password=""))], 401, {"basic-empty-password"}, rules),
        Row(server, "no password box for scripts", [Request(path, more=SAME_ORIGIN_SCRIPT)], 401,
            {"no-credentials"}, rules | {"browser-basic-popup"}),
    ]
    if not takes_bearer:
        rows.append(Row(server, "an expired JWT, as Bearer", [Request(path, bearer(jwt(age=7200)))], 401,
                        {"scheme-mismatch"}, rules))
    return rows
