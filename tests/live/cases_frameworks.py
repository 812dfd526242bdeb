"""Rows of NestJS, FastAPI and Hono."""
from known import PASSWORD, TOKEN
from row import PAGE, Request, Row, basic, basic_rows, bearer, jwt

OTHER_COOKIE = {"Cookie": "theme=dark"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FOREIGN_FORM = {"Origin": "http://elsewhere.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate",
                "Sec-Fetch-Dest": "document"}
BARE = {"unauthorized-without-challenge"}
BRIEF = {"bearer-no-params"}
SILENT = BRIEF | {"bearer-error-missing"}
UNSENT = {"bearer-error-without-credentials"}   # Basic and bare words are none to RFC 6750, 3.1
EARLY = {"forbidden-without-credentials"}


def guards(name, path):
    """What both of NestJS's guards answer: Unauthorized, and no word more."""
    return [
        Row("nestjs", name + ", right", [Request(path, bearer(jwt()))], 200),
        Row("nestjs", name + ", missing", [Request(path)], 401, {"no-credentials"}, BARE),
        Row("nestjs", name + ", a cookie of another kind", [Request(path, more=OTHER_COOKIE)], 401, {"no-credentials"}, BARE),
        Row("nestjs", name + ", expired", [Request(path, bearer(jwt(age=7200)))], 401, {"token-expired"}, BARE),
        Row("nestjs", name + ", another key", [Request(path, bearer(jwt(key="another")))], 401,
            {"token-rejected-unknown", "signature-invalid"}, BARE),
        Row("nestjs", name + ", another audience", [Request(path, bearer(jwt(aud="shop")))], 401, {"wrong-audience"}, BARE),
        Row("nestjs", name + ", another issuer", [Request(path, bearer(jwt(iss="https://other.example")))], 401,
            {"wrong-issuer"}, BARE),
        Row("nestjs", name + ", opaque", [Request(path, bearer(TOKEN))], 401,
            {"opaque-token-rejected", "jwt-segment-count"}, BARE),
        Row("nestjs", name + ", cut short", [Request(path, bearer(jwt()[:-7]))], 401, {"jwt-truncated"}, BARE),
        Row("nestjs", name + ", no scheme", [Request(path, jwt())], 401, {"scheme-missing"}, BARE),
        Row("nestjs", name + ", sent Basic", [Request(path, basic())], 401, {"scheme-mismatch"}, BARE),
        Row("nestjs", name + ", quoted", [Request(path, f'Bearer "{jwt()}"')], 401, {"quoted-token"}, BARE),
    ]


def login(password):
    return Request("/token", method="POST", more=FORM, body="username=ann&password=" + password)


ROWS = [
    *guards("guard", "/guard/items"),
    *guards("passport", "/passport/items"),
    Row("nestjs", "a page of another origin", [Request("/guard/items", bearer(jwt(age=7200)), more=PAGE)], 401, {"token-expired"},
        BARE | {"cors-missing-on-auth-error"}),
    Row("nestjs", "roles, no admin", [Request("/guard/admin", bearer(jwt()))], 403, {"permission-denied"}),
    Row("nestjs", "roles, an admin", [Request("/guard/admin", bearer(jwt(role="admin")))], 200),
    Row("nestjs", "roles alone, missing", [Request("/role/items")], 403, {"no-credentials"}, EARLY),
    Row("nestjs", "no such path", [Request("/nowhere", bearer(jwt()))], 404),

    *basic_rows("fastapi", "/basic/items", {"basic-realm-missing"}),
    Row("fastapi", "Basic, not encoded", [Request("/basic/items", "Basic ann:coffee")], 401, {"basic-not-base64"},
        {"basic-realm-missing"}),
    Row("fastapi", "recipe, right", [Request("/oauth2/items", bearer(jwt()))], 200),
    Row("fastapi", "recipe, missing", [Request("/oauth2/items")], 401, {"no-credentials"}, BRIEF),
    Row("fastapi", "recipe, a cookie of another kind", [Request("/oauth2/items", more=OTHER_COOKIE)], 401,
        {"no-credentials"}, BRIEF),
    Row("fastapi", "recipe, expired", [Request("/oauth2/items", bearer(jwt(age=7200)))], 401, {"token-expired"}, SILENT),
    Row("fastapi", "recipe, another key", [Request("/oauth2/items", bearer(jwt(key="another")))], 401,
        {"token-rejected-unknown", "signature-invalid"}, SILENT),
    Row("fastapi", "recipe, opaque", [Request("/oauth2/items", bearer(TOKEN))], 401,
        {"opaque-token-rejected", "jwt-segment-count"}, SILENT),
    Row("fastapi", "recipe, sent Basic", [Request("/oauth2/items", basic())], 401, {"scheme-mismatch"}, BRIEF),
    Row("fastapi", "recipe, scope missing", [Request("/oauth2/admin", bearer(jwt(sub="reader")))], 401, {"insufficient-scope"},
        {"bearer-error-missing"}),
    Row("fastapi", "recipe, login, right", [login(PASSWORD)], 200),
    Row("fastapi", "recipe, login, wrong password", [login("coffee")], 400, {"login-failed"}, {"auth-failure-as-bad-request"}),
    Row("fastapi", "HTTPBearer, missing", [Request("/bearer/items")], 403, {"no-credentials"}, EARLY),
    Row("fastapi", "HTTPBearer, sent Basic", [Request("/bearer/items", basic())], 403, {"scheme-mismatch"}),
    Row("fastapi", "HTTPBearer, no scheme", [Request("/bearer/items", jwt())], 403, {"scheme-missing"}),
    Row("fastapi", "API key, missing", [Request("/key/items")], 403, {"api-key-missing", "no-credentials"}, EARLY),
    Row("fastapi", "API key, wrong", [Request("/key/items", more={"X-API-Key": "0123456789abcdef0123"})], 403,
        {"api-key-invalid"}),
    Row("fastapi", "API key, right", [Request("/key/items", more={"X-API-Key": TOKEN})], 200),
    Row("fastapi", "API key, sent as Bearer", [Request("/key/items", bearer(TOKEN))], 403,
        {"credentials-in-wrong-header", "api-key-missing"}),

    *basic_rows("hono", "/basic/items"),
    Row("hono", "Basic, not encoded", [Request("/basic/items", "Basic ann:coffee")], 401, {"basic-not-base64"}),
    Row("hono", "bearer-auth, right", [Request("/bearer/items", bearer(TOKEN))], 200),
    Row("hono", "bearer-auth, missing", [Request("/bearer/items")], 401, {"no-credentials"}),
    Row("hono", "bearer-auth, a cookie of another kind", [Request("/bearer/items", more=OTHER_COOKIE)], 401, {"no-credentials"}),
    Row("hono", "bearer-auth, wrong", [Request("/bearer/items", bearer("0123456789abcdef0123"))], 401, {"opaque-token-rejected"}),
    Row("hono", "bearer-auth, expired", [Request("/bearer/items", bearer(jwt(age=7200)))], 401, {"token-expired"}),
    Row("hono", "bearer-auth, sent Basic", [Request("/bearer/items", basic())], 400, {"scheme-mismatch"}, UNSENT),
    Row("hono", "bearer-auth, no scheme", [Request("/bearer/items", TOKEN)], 400, {"scheme-missing"}, UNSENT),
    Row("hono", "jwt, right", [Request("/jwt/items", bearer(jwt()))], 200),
    Row("hono", "jwt, missing", [Request("/jwt/items")], 401, {"no-credentials"}, UNSENT | {"bearer-error-status-mismatch"}),
    Row("hono", "jwt, expired", [Request("/jwt/items", bearer(jwt(age=7200)))], 401, {"token-expired"}),
    Row("hono", "jwt, another key", [Request("/jwt/items", bearer(jwt(key="another")))], 401,
        {"token-rejected-unknown", "signature-invalid"}),
    Row("hono", "jwt, another audience", [Request("/jwt/items", bearer(jwt(aud="shop")))], 401,
        {"token-rejected-unknown", "wrong-audience"}),
    Row("hono", "jwt, opaque", [Request("/jwt/items", bearer("0123456789abcdef0123"))], 401,
        {"opaque-token-rejected", "jwt-segment-count"}),
    Row("hono", "jwt, cut short", [Request("/jwt/items", bearer(jwt()[:-7]))], 401, {"jwt-truncated"}),
    Row("hono", "jwt, sent Basic", [Request("/jwt/items", basic())], 401, {"scheme-mismatch"},
        UNSENT | {"bearer-error-status-mismatch"}),
    Row("hono", "csrf, the form of another site",
        [Request("/csrf/items", method="POST", more={**FORM, **FOREIGN_FORM, "Cookie": "session=s3cr3tcookie"}, body="a=b")], 403,
        {"csrf-failed"}),
]
