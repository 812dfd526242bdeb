"""The rows: what is sent to which server, and what the log must say of it.

A row's `causes` are those that would be right (more than one where the specification leaves it
open); empty: nothing to explain. `rules` are exactly the violations that the answer really has."""
import base64
import hashlib
import hmac
import json
import re
import time
from dataclasses import dataclass, field

from servers import JWT_SECRET, PASSWORD, TOKEN

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


def basic_rows(server, path, charset=False):
    """What holds for every server that asks for Basic and answers by the book."""
    return [
        Row(server, "missing", [Request(path)], 401, {"no-credentials"}),
        Row(server, "right", [Request(path, basic())], 200),
        Row(server, "wrong password", [Request(path, basic(password="coffee"))], 401, {"basic-wrong-credentials"}),
        Row(server, "unknown user", [Request(path, basic("eve"))], 401, {"basic-wrong-credentials"}),
        Row(server, "an expired JWT, as Bearer", [Request(path, bearer(jwt(age=7200)))], 401, {"scheme-mismatch"}),
        Row(server, "a line feed at the end", [Request(path, basic(password=PASSWORD + "\n"))], 401,
            {"basic-trailing-newline"}),
        Row(server, "empty password", [Request(path, basic(password=""))], 401, {"basic-empty-password"}),
        Row(server, "no password box for scripts", [Request(path, more=SAME_ORIGIN_SCRIPT)], 401,
            {"no-credentials"}, {"browser-basic-popup"}),
    ]


ROWS = [
    *basic_rows("nginx", "/items"),
    Row("nginx", "an HTML page for a JSON client", [Request("/items", more=JSON_CLIENT)], 401, {"no-credentials"},
        {"unauthorized-html-for-api-client"}),
    Row("nginx", "user:password not encoded", [Request("/items", "Basic ann:coffee")], 401, {"basic-not-base64"}),
    Row("nginx", "Basic alone", [Request("/items", "Basic")], 401, {"scheme-only"}),
    Row("nginx", "a page of another origin", [Request("/items", basic(password="coffee"), more=PAGE)], 401,
        {"basic-wrong-credentials"}, {"cors-missing-on-auth-error"}),
    Row("nginx", "a preflight", [Request("/items", method="OPTIONS", more=PREFLIGHT)], 401, {"preflight-rejected"},
        {"preflight-rejected", "cors-missing-on-auth-error"}),
    Row("nginx", "deny all, nothing sent", [Request("/closed")], 403, {"permission-denied"},
        {"forbidden-without-credentials"}),
    Row("nginx", "deny all, right password", [Request("/closed", basic())], 403, {"permission-denied"}),

    *basic_rows("apache2", "/basic/items"),
    Row("apache2", "Digest, missing", [Request("/digest/items")], 401, {"no-credentials"}, {"digest-weak-algorithm"}),
    Row("apache2", "Digest, right", [Request("/digest/items"), digest_request("/digest/items")], 200),
    Row("apache2", "Digest, wrong password",
        [Request("/digest/items"), digest_request("/digest/items", "coffee")], 401, {"digest-wrong-credentials"},
        {"digest-weak-algorithm"}),
    Row("apache2", "Digest, expired nonce", [Request("/brief/items"), digest_request("/brief/items", age=2.1)], 401,
        {"digest-nonce-stale"}, {"digest-weak-algorithm"}),
    Row("apache2", "Digest, another uri",
        [Request("/digest/items"), digest_request("/digest/items", uri="/digest/others")], 400,
        set()),
    Row("apache2", "Digest, sent Basic", [Request("/digest/items", basic())], 401, {"scheme-mismatch"},
        {"digest-weak-algorithm"}),

    *basic_rows("lighttpd", "/items"),
    *basic_rows("caddy", "/items"),

    *basic_rows("docker-registry", "/v2/"),
    Row("docker-registry", "docker's first leg", [Request("/v2/", more={"User-Agent": "docker/27.0 go/1.22"})], 401,
        {"handshake-challenge"}),

    *basic_rows("flask-httpauth", "/basic/items"),
    Row("flask-httpauth", "Bearer, missing", [Request("/bearer/items")], 401, {"no-credentials"}),
    Row("flask-httpauth", "Bearer, right", [Request("/bearer/items", bearer(TOKEN))], 200),
    Row("flask-httpauth", "Bearer, wrong", [Request("/bearer/items", bearer("0123456789abcdef0123"))], 401,
        {"opaque-token-rejected"}, {"bearer-error-missing"}),
    Row("flask-httpauth", "Bearer, expired", [Request("/bearer/items", bearer(jwt(age=7200)))], 401, {"token-expired"},
        {"bearer-error-missing"}),
    Row("flask-httpauth", "Bearer, undefined", [Request("/bearer/items", "Bearer undefined")], 401,
        {"placeholder-token"}, {"bearer-error-missing"}),
    Row("flask-httpauth", "Bearer, no scheme", [Request("/bearer/items", jwt())], 401, {"scheme-missing"}),
    Row("flask-httpauth", "Bearer, not an admin", [Request("/bearer/admin", bearer(TOKEN))], 403,
        {"permission-denied"}),
    Row("flask-httpauth", "Digest, missing", [Request("/digest/items")], 401, {"no-credentials"},
        {"digest-weak-algorithm", "digest-qop-missing"}),

    *basic_rows("djangorestframework", "/basic/items"),
    Row("djangorestframework", "Token, missing", [Request("/token/items")], 401, {"no-credentials"},
        {"challenge-scheme-unregistered"}),
    Row("djangorestframework", "Token, right", [Request("/token/items", "Token " + TOKEN)], 200),
    Row("djangorestframework", "Token, wrong", [Request("/token/items", "Token 0123456789abcdef0123")], 401,
        {"opaque-token-rejected"}, {"challenge-scheme-unregistered"}),
    Row("djangorestframework", "Token, sent as Bearer", [Request("/token/items", bearer(TOKEN))], 401,
        {"scheme-mismatch"}, {"challenge-scheme-unregistered"}),
    Row("djangorestframework", "Token, expired JWT as Bearer", [Request("/token/items", bearer(jwt(age=7200)))], 401,
        {"scheme-mismatch"}, {"challenge-scheme-unregistered"}),
    Row("djangorestframework", "Token, not an admin", [Request("/token/admin", "Token " + TOKEN)], 403,
        {"permission-denied"}),
    Row("djangorestframework", "session, missing", [Request("/session/items")], 403, {"no-credentials"},
        {"forbidden-without-credentials"}),
    Row("djangorestframework", "session, right",
        [Request("/login", method="POST"), Request("/session/items", with_cookies=True)], 200),
    Row("djangorestframework", "session, POST without CSRF token",
        [Request("/session/items", method="POST", with_cookies=True)], 403, {"csrf-failed"}),

    Row("express", "oauth2, missing", [Request("/oauth2/items")], 401, {"no-credentials"},
        {"challenge-multiple-in-one-field"}),
    Row("express", "oauth2, right", [Request("/oauth2/items", bearer(jwt()))], 200),
    Row("express", "oauth2, expired", [Request("/oauth2/items", bearer(jwt(age=7200)))], 401, {"token-expired"},
        {"challenge-multiple-in-one-field"}),
    Row("express", "oauth2, another key", [Request("/oauth2/items", bearer(jwt(key="another")))], 401,
        {"signature-invalid"}, {"challenge-multiple-in-one-field"}),
    Row("express", "oauth2, another audience", [Request("/oauth2/items", bearer(jwt(aud="shop")))], 401,
        {"wrong-audience"}, {"challenge-multiple-in-one-field"}),
    Row("express", "oauth2, another issuer", [Request("/oauth2/items", bearer(jwt(iss="https://other.example")))], 401,
        {"wrong-issuer"}, {"challenge-multiple-in-one-field"}),
    Row("express", "oauth2, scope missing", [Request("/oauth2/admin", bearer(jwt()))], 403, {"insufficient-scope"}),
    Row("express", "oauth2, undefined", [Request("/oauth2/items", "Bearer undefined")], 401, {"placeholder-token"},
        {"challenge-multiple-in-one-field"}),
    Row("express", "oauth2, cut short", [Request("/oauth2/items", bearer(jwt()[:-7]))], 401, {"jwt-truncated"},
        {"challenge-multiple-in-one-field"}),
    Row("express", "oauth2, sent Basic", [Request("/oauth2/items", basic())], 400, {"scheme-mismatch"},
        {"challenge-multiple-in-one-field"}),
    Row("express", "basic-auth, missing", [Request("/basic/items")], 401, {"no-credentials"},
        {"unauthorized-without-challenge"}),
    Row("express", "basic-auth, right", [Request("/basic/items", basic())], 200),
    Row("express", "basic-auth, wrong", [Request("/basic/items", basic(password="coffee"))], 401,
        {"basic-wrong-credentials"}, {"unauthorized-without-challenge"}),
    Row("express", "basic-auth with challenge, missing", [Request("/challenge/items")], 401, {"no-credentials"}),
    Row("express", "passport, missing", [Request("/passport/items")], 401, {"no-credentials"}),
    Row("express", "passport, right", [Request("/passport/items", bearer(TOKEN))], 200),
    Row("express", "passport, wrong", [Request("/passport/items", bearer("0123456789abcdef0123"))], 401,
        {"opaque-token-rejected"}),
    Row("express", "passport, expired", [Request("/passport/items", bearer(jwt(age=7200)))], 401, {"token-expired"}),

    Row("fastify", "jwt, missing", [Request("/jwt/items")], 401, {"no-credentials"}, {"unauthorized-without-challenge"}),
    Row("fastify", "jwt, right", [Request("/jwt/items", bearer(jwt()))], 200),
    Row("fastify", "jwt, expired", [Request("/jwt/items", bearer(jwt(age=7200)))], 401, {"token-expired"},
        {"unauthorized-without-challenge"}),
    Row("fastify", "jwt, another key", [Request("/jwt/items", bearer(jwt(key="another")))], 401,
        {"signature-invalid", "token-rejected-unknown"}, {"unauthorized-without-challenge"}),
    Row("fastify", "jwt, quoted", [Request("/jwt/items", f'Bearer "{jwt()}"')], 401, {"quoted-token"},
        {"unauthorized-without-challenge"}),
    Row("fastify", "jwt, Bearer twice", [Request("/jwt/items", "Bearer " + bearer(jwt()))], 400, {"scheme-doubled"}),
    Row("fastify", "jwt, sent Basic", [Request("/jwt/items", basic())], 401, {"scheme-mismatch"},
        {"unauthorized-without-challenge"}),
    Row("fastify", "bearer-auth, missing", [Request("/bearer/items")], 401, {"no-credentials"},
        {"unauthorized-without-challenge"}),
    Row("fastify", "bearer-auth, right", [Request("/bearer/items", bearer(TOKEN))], 200),
    Row("fastify", "bearer-auth, wrong", [Request("/bearer/items", bearer("0123456789abcdef0123"))], 401,
        {"opaque-token-rejected"}, {"unauthorized-without-challenge"}),
    Row("fastify", "bearer-auth, expired", [Request("/bearer/items", bearer(jwt(age=7200)))], 401, {"token-expired"},
        {"unauthorized-without-challenge"}),

    Row("statuses", "200, nothing wrong", [Request("/right", bearer(OWNER))], 200),
    Row("statuses", "200, private and shared by caches", [Request("/shared-cache", bearer(OWNER))], 200, set(),
        {"authorized-response-shared-cacheable"}),
    Row("statuses", "200, shared by caches, nobody's", [Request("/shared-cache")], 200),
    Row("statuses", "200, token in the URL", [Request("/right?access_token=" + OWNER)], 200, set(), {"token-in-url"}),
    Row("statuses", "200, token in header and URL",
        [Request("/right?access_token=" + OWNER, bearer(OWNER))], 200, set(), {"token-in-url", "multiple-token-methods"}),
    Row("statuses", "200, CORS star with credentials", [Request("/cors-wildcard", more=PAGE)], 200, set(),
        {"cors-wildcard-with-credentials"}),
    Row("statuses", "200 that says 401 in a field", [Request("/soft", more=JSON_CLIENT)], 200, {"no-credentials"},
        {"soft-unauthorized"}),
    Row("statuses", "200 that tells of a 401", [Request("/soft-other", more=JSON_CLIENT)], 200),
    Row("statuses", "302 to a login page, for JSON", [Request("/moved", more=JSON_CLIENT)], 302,
        {"no-credentials"}, {"login-redirect-for-api"}),
    Row("statuses", "302 to a login page, for a browser",
        [Request("/moved", more={"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document",
                                    "Sec-Fetch-Site": "none"})], 302),
    Row("statuses", "307 to a slash", [Request("/slash", bearer(OWNER))], 307),
    Row("statuses", "401 after the 307 lost the header", [Request("/slash", bearer(OWNER)), Request("/slash/", marked=False)], 401,
        {"header-lost-on-redirect"}),
    Row("statuses", "307 for a preflight", [Request("/preflight-redirect", method="OPTIONS", more=PREFLIGHT)], 307,
        set(), {"preflight-redirected", "preflight-rejected"}),
    Row("statuses", "400 for an expired token", [Request("/expired-as-400", bearer(jwt(age=7200)))], 400,
        {"token-expired"}, {"auth-failure-as-bad-request"}),
    Row("statuses", "400 of another kind", [Request("/plain-400", bearer(jwt()))], 400),
    Row("statuses", "400 for a refresh token",
        [Request("/oauth/token", method="POST", body="grant_type=refresh_token&refresh_token=" + TOKEN,
                 more={"Content-Type": "application/x-www-form-urlencoded"})], 400, {"refresh-failed"}),
    Row("statuses", "404 that hides from another user",
        [Request("/hidden", bearer(OWNER)), Request("/hidden", bearer(jwt()))], 404, set(), {"not-found-hiding"}),
    Row("statuses", "404 of nothing", [Request("/nowhere", bearer(jwt()))], 404),
    Row("statuses", "407 from an API", [Request("/proxy-auth")], 407, {"no-credentials"},
        {"proxy-auth-required-from-origin"}),
    Row("statuses", "407 without its challenge", [Request("/proxy-auth-bare")], 407, {"no-credentials"},
        {"proxy-auth-required-from-origin", "proxy-auth-without-challenge"}),
    Row("statuses", "419", [Request("/page-expired", method="POST")], 419, {"csrf-failed"}),
    Row("statuses", "429", [Request("/too-many", bearer(OWNER))], 429, {"rate-limited"}),
    Row("statuses", "500 that is a bad token", [Request("/crash", bearer("abc"))], 500, {"jwt-segment-count"},
        {"auth-failure-as-server-error"}),
    Row("statuses", "500 of another kind", [Request("/crash-other", bearer(jwt()))], 500),
    Row("statuses", "403 that is throttling", [Request("/throttled-as-403", bearer(jwt()))], 403, {"rate-limited"},
        {"rate-limit-as-auth-status"}),
    Row("statuses", "403 that says 401", [Request("/mismatch", bearer(jwt()))], 403, {"permission-denied"},
        {"error-body-status-mismatch"}),
    # Last, because the same client is remembered to have lost its cookie from here on.
    Row("statuses", "200, a __Host- cookie without Secure", [Request("/login-cookie", method="POST")], 200, set(),
        {"cookie-prefix-violation"}),
    Row("statuses", "401 after that cookie", [Request("/bare", more=SAME_ORIGIN_SCRIPT)], 401, {"session-cookie-blocked"},
        {"unauthorized-without-challenge"}),
]
