"""Rows of Apollo Server and GraphQL Yoga: refusals inside a 200, and beside one."""
import json

from known import TOKEN
from row import Request, Row, basic, bearer, jwt

OTHER_COOKIE = {"Cookie": "theme=dark"}


def ask(path, query="{ items }", authorization="", more=None, **others):
    return Request(path, authorization, "POST", {"Content-Type": "application/json", **(more or {})},
                   json.dumps({"query": query}), **others)


APOLLO, CONTEXT, LIBRARY, ALL, SOME = "/graphql", "/context/graphql", "/library/graphql", "/all/graphql", "/some/graphql"
SOFT, BARE, FAULT = {"soft-unauthorized"}, {"unauthorized-without-challenge"}, {"auth-failure-as-server-error"}
READER = bearer(jwt(sub="reader"))

ROWS = [
    Row("apollo", "right", [ask(APOLLO, authorization=bearer(jwt()))], 200),
    Row("apollo", "in a resolver, missing", [ask(APOLLO)], 200, {"no-credentials"}, SOFT),
    Row("apollo", "in a resolver, a cookie of another kind", [ask(APOLLO, more=OTHER_COOKIE)], 200, {"no-credentials"}, SOFT),
    Row("apollo", "in a resolver, expired", [ask(APOLLO, authorization=bearer(jwt(age=7200)))], 200, {"token-expired"}, SOFT),
    Row("apollo", "in a resolver, another key", [ask(APOLLO, authorization=bearer(jwt(key="another")))], 200,
        {"token-rejected-unknown", "signature-invalid"}, SOFT),
    Row("apollo", "in a resolver, another audience", [ask(APOLLO, authorization=bearer(jwt(aud="shop")))], 200,
        {"token-rejected-unknown", "wrong-audience"}, SOFT),
    Row("apollo", "in a resolver, undefined", [ask(APOLLO, authorization="Bearer undefined")], 200, {"placeholder-token"}, SOFT),
    Row("apollo", "in a resolver, no admin", [ask(APOLLO, "{ admin }", bearer(jwt()))], 200, {"permission-denied"}, SOFT),
    Row("apollo", "in a resolver, an admin", [ask(APOLLO, "{ admin }", bearer(jwt(role="admin")))], 200),
    Row("apollo", "in a resolver, one of two fields", [ask(APOLLO, "{ items admin }", bearer(jwt()))], 200,
        {"permission-denied"}, SOFT),
    Row("apollo", "a fault of another kind", [ask(APOLLO, "{ word(length: 0) }", bearer(jwt()))], 200),
    Row("apollo", "a fault of another kind, nothing sent", [ask(APOLLO, "{ word(length: 0) }")], 200),
    Row("apollo", "at the path it has by itself, missing", [ask("/")], 200, {"no-credentials"}, SOFT),
    Row("apollo", "at the path it has by itself, right", [ask("/", authorization=bearer(jwt()))], 200),
    Row("apollo", "an unknown field", [ask(APOLLO, "{ nothing }", bearer(jwt()))], 400),
    Row("apollo", "a form, as a page of elsewhere could send it",
        [Request(APOLLO, method="POST", more={"Content-Type": "text/plain"}, body='{"query":"{ items }"}')], 400,
        {"csrf-failed"}),
    Row("apollo", "in the context, missing", [ask(CONTEXT)], 401, {"no-credentials"}, BARE),
    Row("apollo", "in the context, expired", [ask(CONTEXT, authorization=bearer(jwt(age=7200)))], 401, {"token-expired"}, BARE),
    Row("apollo", "in the context, opaque", [ask(CONTEXT, authorization=bearer(TOKEN))], 401, {"opaque-token-rejected"}, BARE),
    Row("apollo", "in the context, sent Basic", [ask(CONTEXT, authorization=basic())], 401,
        {"scheme-mismatch", "basic-wrong-credentials"}, BARE),
    Row("apollo", "a library's words, expired", [ask(LIBRARY, authorization=bearer(jwt(age=7200)))], 500,
        {"token-expired"}, FAULT),
    Row("apollo", "a library's words, another key", [ask(LIBRARY, authorization=bearer(jwt(key="another")))], 500,
        {"signature-invalid"}, FAULT),
    Row("apollo", "a library's words, another audience", [ask(LIBRARY, authorization=bearer(jwt(aud="shop")))], 500,
        {"wrong-audience"}, FAULT),
    Row("apollo", "a library's words, missing", [ask(LIBRARY)], 500, {"no-credentials"}, FAULT),
    Row("apollo", "a library's words, opaque", [ask(LIBRARY, authorization=bearer(TOKEN))], 500,
        {"jwt-segment-count"}, FAULT),

    Row("yoga", "right", [ask(ALL, authorization=bearer(jwt()))], 200),
    Row("yoga", "missing", [ask(ALL)], 401, {"no-credentials"}, BARE),
    Row("yoga", "a cookie of another kind", [ask(ALL, more=OTHER_COOKIE)], 401, {"no-credentials"}, BARE),
    Row("yoga", "expired", [ask(ALL, authorization=bearer(jwt(age=7200)))], 401, {"token-expired"}, BARE),
    Row("yoga", "another key", [ask(ALL, authorization=bearer(jwt(key="another")))], 401,
        {"token-rejected-unknown", "signature-invalid"}, BARE),
    Row("yoga", "another audience", [ask(ALL, authorization=bearer(jwt(aud="shop")))], 401,
        {"token-rejected-unknown", "wrong-audience"}, BARE),
    Row("yoga", "opaque", [ask(ALL, authorization=bearer(TOKEN))], 400, {"jwt-segment-count", "opaque-token-rejected"},
        {"auth-failure-as-bad-request"}),
    Row("yoga", "sent Basic", [ask(ALL, authorization=basic())], 400, {"scheme-mismatch"}, {"auth-failure-as-bad-request"}),
    Row("yoga", "no scheme", [ask(ALL, authorization=jwt())], 400, {"scheme-missing"}, {"auth-failure-as-bad-request"}),
    Row("yoga", "Bearer alone", [ask(ALL, authorization="Bearer")], 400, {"scheme-only"}),
    Row("yoga", "an open field, nothing sent", [ask(SOME, "{ open }")], 200),
    Row("yoga", "a field for users, missing", [ask(SOME)], 401, {"no-credentials"}, BARE),
    Row("yoga", "a field for users, right", [ask(SOME, authorization=bearer(jwt()))], 200),
    Row("yoga", "a field for users, expired", [ask(SOME, authorization=bearer(jwt(age=7200)))], 401, {"token-expired"}, BARE),
    Row("yoga", "a field's scope missing", [ask(SOME, "{ admin }", bearer(jwt(sub="another reader")))], 401,
        {"insufficient-scope", "permission-denied"}, BARE),
    Row("yoga", "a field's scope missing, of a good token",
        [ask(SOME, authorization=READER), ask(SOME, "{ admin }", READER)], 401,
        {"insufficient-scope", "permission-denied"}, BARE),
    Row("yoga", "a field's scope there", [ask(SOME, "{ admin }", bearer(jwt(scope="items:admin")))], 200),
    Row("yoga", "an unknown field", [ask(SOME, "{ nothing }", bearer(jwt()))], 200),
]
