"""Rows of those who log in and give out tokens: oidc-provider and Auth.js."""
import json
from urllib.parse import urlencode

from known import PASSWORD, TOKEN
from row import Request, Row, basic, bearer, jwt, segment

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
EAGER = {"bearer-error-without-credentials"}   # Basic and bare words are none to RFC 6750, 3.1
BARE = {"unauthorized-without-challenge"}


def form(path, authorization="", more=None, with_cookies=False, **members):
    return Request(path, authorization, "POST", {**FORM, **(more or {})}, urlencode(members), with_cookies)


def login(password, **more):
    """Auth.js's own login, with the CSRF token that it gave just before."""
    def build(bench):
        token = json.loads(bench.last_answer.text)["csrfToken"]
        return form("/auth/callback/credentials", with_cookies=True, username="ann", password=password, csrfToken=token, **more)
    return build


CSRF = Request("/auth/csrf")
PAGE = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "same-origin"}
SCRIPT = {"X-Auth-Return-Redirect": "1", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "same-origin"}
# An encrypted session, as Auth.js makes one, that the server has no key for.
FOREIGN = ".".join([segment({"alg": "dir", "enc": "A256CBC-HS512", "kid": "another"}), "", segment(b"vector-of-16-oct"),
                    segment(b"what nobody here can read" * 4), segment(b"a tag of thirty-two octets, too..")])

ROWS = [
    Row("oidc-provider", "user, right", [Request("/me", bearer(TOKEN))], 200),
    Row("oidc-provider", "user, missing", [Request("/me")], 401, {"no-credentials"}),
    Row("oidc-provider", "user, a cookie of another kind", [Request("/me", more={"Cookie": "theme=dark"})], 401,
        {"no-credentials"}),
    Row("oidc-provider", "user, unknown token", [Request("/me", bearer("0123456789abcdef0123"))], 401, {"opaque-token-rejected"}),
    Row("oidc-provider", "user, expired", [Request("/me", bearer(jwt(age=7200)))], 401, {"token-expired"}),
    Row("oidc-provider", "user, undefined", [Request("/me", "Bearer undefined")], 401, {"placeholder-token"}),
    Row("oidc-provider", "user, a token without openid", [Request("/me", bearer(TOKEN + ".narrow"))], 403,
        {"insufficient-scope"}),
    Row("oidc-provider", "user, sent Basic", [Request("/me", basic())], 400, {"scheme-mismatch"}, EAGER),
    Row("oidc-provider", "user, no scheme", [Request("/me", TOKEN)], 400, {"scheme-missing"}, EAGER),
    Row("oidc-provider", "user, token in the URL", [Request("/me?access_token=" + TOKEN)], 400, {"credentials-in-query-ignored"},
        {"token-in-url"}),
    Row("oidc-provider", "user, token in header and body", [form("/me", bearer(TOKEN), access_token=TOKEN)], 400,
        {"two-mechanisms", "multiple-authorization"}, {"multiple-token-methods"}),
    Row("oidc-provider", "token, right", [form("/token", basic(), grant_type="client_credentials")], 200),
    Row("oidc-provider", "token, wrong secret", [form("/token", basic(password="coffee"), grant_type="client_credentials")], 401,
        {"refresh-client-rejected"}),
    Row("oidc-provider", "token, unknown client", [form("/token", basic("eve"), grant_type="client_credentials")], 401,
        {"refresh-client-rejected"}),
    Row("oidc-provider", "token, secret in the body",
        [form("/token", grant_type="client_credentials", client_id="ann", client_secret=PASSWORD)], 200),
    Row("oidc-provider", "token, wrong secret in the body",
        [form("/token", grant_type="client_credentials", client_id="ann", client_secret="coffee")], 401,
        {"refresh-client-rejected"}, BARE),
    Row("oidc-provider", "token, no client", [form("/token", grant_type="client_credentials")], 400,
        {"no-credentials", "refresh-client-rejected"}),
    Row("oidc-provider", "token, dead refresh token",
        [form("/token", basic(), grant_type="refresh_token", refresh_token="dead-0123")], 400, {"refresh-failed"}),
    Row("oidc-provider", "token, unknown grant",
        [form("/token", basic(), grant_type="password", username="ann", password=PASSWORD)], 400),
    Row("oidc-provider", "introspection, right", [form("/token/introspection", basic(), token=TOKEN)], 200),
    Row("oidc-provider", "introspection, a dead token", [form("/token/introspection", basic(), token="dead-0123")], 200),
    Row("oidc-provider", "introspection, wrong secret",
        [form("/token/introspection", basic(password="coffee"), token=TOKEN)], 401,
        {"refresh-client-rejected", "basic-wrong-credentials"}),
    Row("oidc-provider", "introspection, no client", [form("/token/introspection", token=TOKEN)], 400,
        {"no-credentials", "refresh-client-rejected"}),
    Row("oidc-provider", "revocation, wrong secret", [form("/token/revocation", basic(password="coffee"), token=TOKEN)], 401,
        {"refresh-client-rejected", "basic-wrong-credentials"}),

    Row("authjs", "missing", [Request("/items")], 401, {"no-credentials", "session-cookie-missing"}, BARE),
    Row("authjs", "a cookie of another kind", [Request("/items", more={"Cookie": "theme=dark"})], 401,
        {"no-credentials", "session-cookie-missing"}, BARE),
    Row("authjs", "a session of another secret", [Request("/items", more={"Cookie": "authjs.session-token=" + FOREIGN})], 401,
        {"session-expired"}, BARE),
    Row("authjs", "a token in place of a session", [Request("/items", bearer(jwt()))], 401, {"token-rejected-unknown"}, BARE),
    Row("authjs", "no session, asked for it", [Request("/auth/session")], 200),
    Row("authjs", "login without CSRF token",
        [form("/auth/callback/credentials", more=PAGE, username="ann", password=PASSWORD)], 302, {"csrf-failed"}),
    Row("authjs", "login, wrong password", [CSRF, login("coffee", more=PAGE)], 302, {"login-failed"}),
    Row("authjs", "login by script, wrong password", [CSRF, login("coffee", more=SCRIPT)], 200, {"login-failed"}),
    Row("authjs", "login by script, without CSRF token",
        [form("/auth/callback/credentials", more=SCRIPT, username="ann", password=PASSWORD)], 200, {"csrf-failed"}),
    Row("authjs", "login by script, right", [CSRF, login(PASSWORD, more=SCRIPT)], 200),
    Row("authjs", "login, right", [CSRF, login(PASSWORD)], 302),
    Row("authjs", "right", [CSRF, login(PASSWORD), Request("/items", with_cookies=True)], 200),
]
