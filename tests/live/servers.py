"""The real servers: how each is started on a port, in a folder of its own. Nothing here knows
what it should answer; that is cases.py."""
import crypt
import hashlib
import os
import pathlib
import shutil
import subprocess
from dataclasses import dataclass

import stores
from known import JWT_SECRET, PASSWORD, TOKEN

HERE = pathlib.Path(__file__).resolve().parent
PACKAGES = HERE.parents[1] / "build/node/tests/live"
PYTHON = "/usr/bin/python3"   # Debian's: it has Debian's Flask and Django


def htpasswd(folder, method=crypt.METHOD_SHA512):
    file = folder / "htpasswd"
    file.write_text(f"ann:{crypt.crypt(PASSWORD, crypt.mksalt(method))}\n")
    return file


def site(folder):
    root = folder / "www"
    root.mkdir()
    (root / "items").write_text('{"items": []}\n')
    for path in (folder, root):
        path.chmod(0o755)
    return root


def nginx(port, folder):
    (folder / "nginx.conf").write_text(f"""
daemon off; worker_processes 1; pid {folder}/pid; error_log stderr;
{"user root;" if os.geteuid() == 0 else ""}
events {{ worker_connections 64; }}
http {{
  access_log off; default_type application/json;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port}; root {site(folder)};
    location / {{ auth_basic "live"; auth_basic_user_file {htpasswd(folder)}; }}
    location /closed {{ deny all; }}
  }}
}}""")
    return ["/usr/sbin/nginx", "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def apache2(port, folder):
    digest = folder / "htdigest"
    digest.write_text("ann:live:" + hashlib.md5(f"ann:live:{PASSWORD}".encode()).hexdigest() + "\n")
    modules = "/usr/lib/apache2/modules"
    loads = "\n".join(
        f"LoadModule {name}_module {modules}/mod_{name}.so"
        for name in ("mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic",
                     "auth_digest", "alias"))
    root = site(folder)
    (folder / "apache.conf").write_text(f"""
ServerRoot {folder}
PidFile {folder}/pid
Listen 127.0.0.1:{port}
ServerName 127.0.0.1
ErrorLog /dev/stderr
Mutex pthread
DefaultRuntimeDir {folder}
{loads}
{"User www-data" if os.geteuid() == 0 else ""}
{"Group www-data" if os.geteuid() == 0 else ""}
DocumentRoot {root}
Alias /basic {root}
Alias /digest {root}
Alias /brief {root}
<Location /basic>
  AuthType Basic
  AuthName live
  AuthUserFile {htpasswd(folder)}
  Require valid-user
</Location>
<Location /digest>
  AuthType Digest
  AuthName live
  AuthDigestProvider file
  AuthUserFile {digest}
  Require valid-user
</Location>
<Location /brief>
  AuthType Digest
  AuthName live
  AuthDigestProvider file
  AuthDigestNonceLifetime 1
  AuthUserFile {digest}
  Require valid-user
</Location>
""")
    return ["/usr/sbin/apache2", "-f", str(folder / "apache.conf"), "-DFOREGROUND"]


def lighttpd(port, folder):
    (folder / "lighttpd.conf").write_text(f"""
server.modules = ("mod_auth", "mod_authn_file")
server.document-root = "{site(folder)}"
server.bind = "127.0.0.1"
server.port = {port}
auth.backend = "htpasswd"
auth.backend.htpasswd.userfile = "{htpasswd(folder)}"
auth.require = ("/" => ("method" => "basic", "realm" => "live", "require" => "valid-user"))
""")
    return ["/usr/sbin/lighttpd", "-D", "-f", str(folder / "lighttpd.conf")]


def caddy(port, folder):
    password = crypt.crypt(PASSWORD, crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=1024))
    (folder / "Caddyfile").write_text(f"""
{{
  admin off
  auto_https off
  storage file_system {folder}
}}
http://127.0.0.1:{port} {{
  basicauth {{
    ann {password}
  }}
  respond "ok"
}}
""")
    return ["/usr/bin/caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


def docker_registry(port, folder):
    passwords = htpasswd(folder, crypt.METHOD_BLOWFISH)
    (folder / "registry.yml").write_text(f"""
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {folder}}}}}
http: {{addr: "127.0.0.1:{port}"}}
auth: {{htpasswd: {{realm: live, path: {passwords}}}}}
""")
    return ["/usr/bin/docker-registry", "serve", str(folder / "registry.yml")]


def flask(port, _folder):
    return [PYTHON, str(HERE / "flask_api.py"), str(port), PASSWORD, TOKEN]


def fastapi(port, _folder):
    return [PYTHON, str(HERE / "fastapi_api.py"), str(port), JWT_SECRET, PASSWORD, TOKEN]


def django(port, folder):
    return [PYTHON, str(HERE / "drf_api.py"), str(port), PASSWORD, TOKEN, str(folder)]


def node():
    return subprocess.run([HERE.parent / "node", "path"], check=True, capture_output=True,
                          text=True).stdout.strip()


def express(port, _folder):
    return [node(), str(HERE / "express.cjs"), str(port), JWT_SECRET, PASSWORD, TOKEN]


def fastify(port, _folder):
    return [node(), str(HERE / "fastify.cjs"), str(port), JWT_SECRET, TOKEN]


def statuses(port, _folder):
    return [PYTHON, str(HERE / "statuses.py"), str(port)]


def module(name, port, *given):
    """An ES module looks for packages beside itself only."""
    return [node(), shutil.copy(HERE / name, PACKAGES), str(port), *given]


def nestjs(port, _folder):
    return module("nestjs.mjs", port, JWT_SECRET)


def hono(port, _folder):
    return module("hono.mjs", port, JWT_SECRET, PASSWORD, TOKEN)


def apollo(port, _folder):
    return module("apollo.mjs", port, JWT_SECRET)


def yoga(port, _folder):
    return module("yoga.mjs", port, JWT_SECRET)


def oidc_provider(port, _folder):
    return module("oidc.mjs", port, PASSWORD, TOKEN)


def authjs(port, _folder):
    return module("authjs.mjs", port, JWT_SECRET, PASSWORD)


@dataclass
class Server:
    command: object          # (port, folder) -> the command line
    config: str = ""         # what the proxy in front of it is told, in YAML
    prepare: object = None   # (port) -> None, once it listens


SERVERS = {   # the one that starts slowest first
    "rabbitmq": Server(stores.rabbitmq, prepare=stores.rabbitmq_users),
    "nginx": Server(nginx),
    "apache2": Server(apache2),
    "lighttpd": Server(lighttpd),
    "caddy": Server(caddy),
    "docker-registry": Server(docker_registry),
    "flask-httpauth": Server(flask),
    "djangorestframework": Server(django),
    "express": Server(express),
    "fastify": Server(fastify, "diagnose: {expect: {scheme: Bearer}}"),
    "statuses": Server(statuses),
    "nestjs": Server(nestjs, "diagnose: {expect: {scheme: Bearer, audience: live, issuer: https://id.example}}"),
    "fastapi": Server(fastapi),
    "hono": Server(hono),
    "apollo": Server(apollo),
    "yoga": Server(yoga),
    "oidc-provider": Server(oidc_provider),
    "authjs": Server(authjs),
    "influxdb": Server(stores.influxdb, prepare=stores.influxdb_users),
    "etcd": Server(stores.etcd, prepare=stores.etcd_users),
}


def missing(names):
    """Programs that are needed and not there."""
    programs = {"nginx": "/usr/sbin/nginx", "apache2": "/usr/sbin/apache2", "lighttpd": "/usr/sbin/lighttpd",
                "caddy": "/usr/bin/caddy", "docker-registry": "/usr/bin/docker-registry",
                "rabbitmq": "/usr/sbin/rabbitmq-server", "influxdb": "/usr/bin/influxd", "etcd": "/usr/bin/etcd"}
    return [programs[name] for name in names if name in programs and not shutil.which(programs[name])]
