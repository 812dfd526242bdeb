"""Rows of RabbitMQ's management API, InfluxDB and etcd."""
import json

from known import PASSWORD, TOKEN
from row import Request, Row, basic, basic_rows, bearer, jwt

OTHER_COOKIE = {"Cookie": "theme=dark"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BARE = {"unauthorized-without-challenge"}

WHO, QUERY, RANGE = "/api/whoami", "/query?q=SHOW+DATABASES", "/v3/kv/range"


def mq_login(password):
    return Request("/api/login", method="POST", more=FORM, body=f"username=ann&password={password}")


def etcd(path, authorization="", **content):
    return Request(path, authorization, "POST", {"Content-Type": "application/json"}, json.dumps(content))


def etcd_login(name, password=PASSWORD):
    return etcd("/v3/auth/authenticate", name=name, password=password)


def with_token(path, scheme="", **content):
    """What the login before it gave, bare as etcd takes it."""
    return lambda bench: etcd(path, scheme + json.loads(bench.last_answer.text)["token"], **content)


ROWS = [
    *basic_rows("rabbitmq", WHO),
    Row("rabbitmq", "a cookie of another kind", [Request(WHO, more=OTHER_COOKIE)], 401, {"no-credentials"}),
    Row("rabbitmq", "user:password not encoded", [Request(WHO, "Basic ann:coffee")], 400, {"basic-not-base64"}),
    Row("rabbitmq", "a user of messages alone", [Request(WHO, basic("cat"))], 401, {"permission-denied"}, BARE),
    Row("rabbitmq", "no administrator", [Request("/api/users", basic("bob"))], 401, {"permission-denied"}, BARE),
    Row("rabbitmq", "no monitor", [Request("/api/nodes", basic("bob"))], 401, {"permission-denied"}, BARE),
    Row("rabbitmq", "another virtual host", [Request("/api/queues/shop", basic("bob"))], 401, {"permission-denied"}, BARE),
    Row("rabbitmq", "a queue in another virtual host",
        [Request("/api/queues/shop/q", basic(), "PUT", {"Content-Type": "application/json"}, "{}")], 401,
        {"permission-denied"}, BARE | {"unauthorized-though-valid"}),
    Row("rabbitmq", "no such queue", [Request("/api/queues/%2F/none", basic())], 404),
    Row("rabbitmq", "login, right", [mq_login(PASSWORD)], 200),
    Row("rabbitmq", "login, wrong password", [mq_login("coffee")], 401, {"login-failed"}),

    *basic_rows("influxdb", QUERY, takes_bearer=True),
    Row("influxdb", "a cookie of another kind", [Request(QUERY, more=OTHER_COOKIE)], 401, {"no-credentials"}),
    Row("influxdb", "user:password not encoded", [Request(QUERY, "Basic ann:coffee")], 401, {"basic-not-base64"}),
    Row("influxdb", "in the URL, wrong password", [Request(QUERY + "&u=ann&p=coffee-and-cake-11")], 401,
        {"basic-wrong-credentials", "login-failed"}, {"token-in-url"}),
    Row("influxdb", "in the URL, right", [Request(QUERY + "&u=ann&p=" + PASSWORD)], 200, rules={"token-in-url"}),
    Row("influxdb", "in the URL, a short password", [Request(QUERY + "&u=ann&p=coffee")], 401,
        {"basic-wrong-credentials", "login-failed"}, {"token-in-url"}),
    Row("influxdb", "Token, as version 2 takes it", [Request(QUERY, "Token " + TOKEN)], 401, {"scheme-mismatch"}),
    Row("influxdb", "Bearer, right", [Request(QUERY, bearer(jwt(username="ann")))], 200),
    Row("influxdb", "Bearer, expired", [Request(QUERY, bearer(jwt(age=7200, username="ann")))], 401, {"token-expired"}),
    Row("influxdb", "Bearer, another key", [Request(QUERY, bearer(jwt(key="another", username="ann")))], 401,
        {"signature-invalid"}),
    Row("influxdb", "Bearer, never ends", [Request(QUERY, bearer(jwt(username="ann", exp=None)))], 401,
        {"required-claim-missing"}),
    Row("influxdb", "Bearer, for nobody", [Request(QUERY, bearer(jwt()))], 401, {"required-claim-missing"}),
    Row("influxdb", "Bearer, for an unknown user", [Request(QUERY, bearer(jwt(username="eve")))], 401,
        {"revoked-or-logged-out"}),
    Row("influxdb", "Bearer, no JWT", [Request(QUERY, bearer(TOKEN))], 401, {"jwt-segment-count"}),
    Row("influxdb", "Bearer, undefined", [Request(QUERY, "Bearer undefined")], 401, {"placeholder-token"}),
    Row("influxdb", "no administrator", [Request("/query?q=SHOW+USERS", basic("bob"))], 403, {"permission-denied"}),
    Row("influxdb", "may not read", [Request("/query?db=shop&q=SELECT+*+FROM+m", basic("bob"))], 403, {"permission-denied"}),
    Row("influxdb", "may not write", [Request("/write?db=shop", basic("bob"), "POST", body="m v=1")], 403, {"permission-denied"}),
    Row("influxdb", "may write", [Request("/write?db=shop", basic(), "POST", body="m v=1")], 204),
    Row("influxdb", "no such database", [Request("/write?db=none", basic(), "POST", body="m v=1")], 404),
    Row("influxdb", "open to all", [Request("/ping")], 204),

    Row("etcd", "login, right", [etcd_login("root")], 200),
    Row("etcd", "login, wrong password", [etcd_login("root", "coffee")], 400, {"login-failed"},
        {"auth-failure-as-bad-request"}),
    Row("etcd", "right", [etcd_login("root"), with_token(RANGE, key="Zm9v")], 200),
    Row("etcd", "missing", [etcd(RANGE, key="Zm9v")], 400, {"no-credentials"}),
    Row("etcd", "unknown token", [etcd(RANGE, TOKEN, key="Zm9v")], 401, {"opaque-token-rejected"}, BARE),
    Row("etcd", "a good token, as Bearer", [etcd_login("root"), with_token(RANGE, "Bearer ", key="Zm9v")], 401,
        {"scheme-mismatch"}, BARE),
    Row("etcd", "sent Basic", [etcd(RANGE, basic("root"), key="Zm9v")], 401, {"scheme-mismatch"}, BARE),
    Row("etcd", "no role for the key", [etcd_login("bob"), with_token(RANGE, key="Zm9v")], 403, {"permission-denied"}),
    Row("etcd", "users, for root alone", [etcd_login("bob"), with_token("/v3/auth/user/list")], 403, {"permission-denied"}),
]
