"""Servers that keep things, with users of their own: RabbitMQ's management API, InfluxDB, etcd.
Each is started like those of servers.py; `prepare` makes what its users may do."""
import base64
import hashlib
import json
import pathlib
import time
import urllib.error
import urllib.parse
import urllib.request

from known import JWT_SECRET, PASSWORD
from loopback import free_port

HERE = pathlib.Path(__file__).resolve().parent
LOGIN = {"Authorization": "Basic " + base64.b64encode(f"ann:{PASSWORD}".encode()).decode()}


def rabbitmq(port, folder):
    def user(name, *tags):
        salted = hashlib.sha256(b"salt" + PASSWORD.encode()).digest()
        return {"name": name, "password_hash": base64.b64encode(b"salt" + salted).decode(),
                "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": list(tags)}

    (folder / "definitions.json").write_text(json.dumps({
        "users": [user("ann", "administrator"), user("bob", "management"), user("cat")],
        "vhosts": [{"name": "/"}, {"name": "shop"}],
        "permissions": [{"user": "ann", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}]}))
    (folder / "rabbitmq.conf").write_text(f"""
listeners.tcp = none
management.tcp.ip = 127.0.0.1
management.tcp.port = {port}
load_definitions = {folder}/definitions.json
""")
    (folder / "plugins").write_text("[rabbitmq_management].\n")
    settings = {"CONF_ENV_FILE": "/dev/null", "CONFIG_FILE": folder / "rabbitmq.conf", "ENABLED_PLUGINS_FILE": folder / "plugins",
                "MNESIA_BASE": folder / "db", "LOG_BASE": folder, "LOGS": "-", "PID_FILE": folder / "pid",
                "NODENAME": "live@localhost", "DIST_PORT": free_port()}
    return ["env", *(f"RABBITMQ_{name}={value}" for name, value in settings.items()), str(HERE / "rabbitmq"), str(free_port())]


def rabbitmq_users(port, seconds=20):
    """Waits for them: its port opens first, and its definitions are read after."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return ask(port, "/api/whoami", fields=LOGIN)
        except urllib.error.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def influxdb(port, folder):
    (folder / "influxdb.conf").write_text(f"""
reporting-disabled = true
bind-address = "127.0.0.1:0"
[meta]
dir = "{folder}/meta"
[data]
dir = "{folder}/data"
wal-dir = "{folder}/wal"
[monitor]
store-enabled = false
[http]
bind-address = "127.0.0.1:{port}"
auth-enabled = true
shared-secret = "{JWT_SECRET}"
""")
    return ["/usr/bin/influxd", "-config", str(folder / "influxdb.conf")]


def influxdb_users(port):
    for query, fields in [(f"CREATE USER ann WITH PASSWORD '{PASSWORD}' WITH ALL PRIVILEGES", {}),
                          ("CREATE DATABASE shop", LOGIN), (f"CREATE USER bob WITH PASSWORD '{PASSWORD}'", LOGIN)]:
        ask(port, "/query", urllib.parse.urlencode({"q": query}), fields)


def etcd(port, folder):
    own = f"http://127.0.0.1:{port}"
    return ["/usr/bin/etcd", "--data-dir", str(folder / "db"), "--listen-client-urls", own, "--advertise-client-urls", own,
            "--listen-peer-urls", "http://127.0.0.1:0"]


def etcd_users(port):
    for path, content in [("user/add", {"name": "root", "password": PASSWORD}), ("user/grant", {"user": "root", "role": "root"}),
                          ("user/add", {"name": "bob", "password": PASSWORD}), ("enable", {})]:
        ask(port, "/v3/auth/" + path, json.dumps(content))


def ask(port, path, body=None, fields=None):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body and body.encode(), fields or {})
    urllib.request.urlopen(request, timeout=20).read()
