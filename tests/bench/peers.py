"""The proxies that are compared, and the API behind them: what each is started with, and what it costs."""

import os
import shutil
import socket
import subprocess
import time

API = "nginx"
SMALL = '{"id":4711,"name":"widget","price":12.5,"tags":["a","b"],"stock":{"warehouse":12,"retail":7},"active":true}'
REFUSED = '{"error":"unauthorized","message":"token expired"}'

API_CONF = """
worker_processes 1; daemon off; master_process off; pid {run}/api.pid; error_log {run}/api.err warn;
events {{ worker_connections 4096; }}
http {{
  {temp}
  access_log off; keepalive_timeout 600; keepalive_requests 100000000; sendfile on; server_tokens off;
  default_type application/json;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location /small {{ return 200 '{small}'; }}
    location /refused {{ return 401 '{refused}'; }}
    location /64k {{ root {run}; }}
  }}
}}
"""

# Equal work: HTTP/1.1 and kept connections to the API, a challenge on a bare 401, failures in a log of JSON lines.
NGINX_CONF = """
worker_processes 1; daemon off; master_process off; pid {run}/nginx.pid; error_log {run}/nginx.err warn;
events {{ worker_connections 4096; multi_accept on; }}
http {{
  {temp}
  log_format failures escape=json '{{"time":"$time_iso8601","method":"$request_method","target":"$request_uri",'
    '"status":$status,"agent":"$http_user_agent","authorization":"$http_authorization","seconds":$request_time}}';
  map $status $failed {{ 401 1; 403 1; default 0; }}
  map "$status:$upstream_http_www_authenticate" $challenge {{ "401:" 'Bearer realm="api"'; default ''; }}
  access_log {run}/nginx.log failures buffer=64k flush=1s if=$failed;
  keepalive_timeout 600; keepalive_requests 100000000; server_tokens off;
  upstream api {{ server 127.0.0.1:{api}; keepalive 256; keepalive_requests 100000000; }}
  ssl_certificate {run}/certificate.pem; ssl_certificate_key {run}/key.pem; ssl_session_cache shared:tls:10m;
  server {{
    listen 127.0.0.1:{port} backlog=4096; listen 127.0.0.1:{tls} ssl http2 backlog=4096;
    location / {{
      proxy_pass http://api; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
      proxy_max_temp_file_size 0; proxy_buffers 16 16k; proxy_busy_buffers_size 64k; proxy_buffer_size 16k;
      add_header WWW-Authenticate $challenge always;
    }}
  }}
}}
"""

HAPROXY_CONF = """
global
  nbthread 1
  maxconn 4000
  log stdout len 4096 format raw local0
defaults
  mode http
  timeout client 600s
  timeout server 600s
  timeout connect 5s
  option http-keep-alive
  option splice-auto
  http-reuse always
frontend in
  bind 127.0.0.1:{port} backlog 4096
  bind 127.0.0.1:{tls} ssl crt {run}/both.pem alpn h2,http/1.1 backlog 4096
  log global
  http-response set-log-level silent unless {{ status 401 403 }}
  log-format '{{"time":"%T","method":"%HM","target":"%HU","status":%ST}}'
  http-after-response set-header WWW-Authenticate 'Bearer realm="api"' if {{ status 401 }} !{{ res.hdr(WWW-Authenticate) -m found }}
  default_backend api
backend api
  server api 127.0.0.1:{api} pool-max-conn -1 pool-purge-delay 600s
"""

WHOGOES_CONF = """
listen: 127.0.0.1:{listen}
{tls_lines}
upstream: http://127.0.0.1:{api}
admin: off
workers: 1
challenge: {{offer: 'Bearer realm="api"'}}
log: {{format: json, output: "{run}/whogoes-{listen}.jsonl", access: failures}}
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def temp_folders(run, name):
    """nginx keeps these where it was built for, which is not ours to write to."""
    kinds = {"client_body": "body", "proxy": "proxy", "fastcgi": "fastcgi", "uwsgi": "uwsgi", "scgi": "scgi"}
    return " ".join(f"{kind}_temp_path {run}/{name}-{folder};" for kind, folder in kinds.items())


def wait_for(port, process, what):
    end = time.monotonic() + 15
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"{what} ended at once")
        try:
            socket.create_connection(("127.0.0.1", port), 0.3).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{what} does not listen")


def descendants(root):
    children, found, todo = {}, [], [root]
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as stat:
                children.setdefault(int(stat.read().rsplit(")", 1)[1].split()[1]), []).append(int(name))
        except OSError:
            pass
    while todo:
        one = todo.pop()
        found.append(one)
        todo += children.get(one, [])
    return found


class Process:
    """One program, or several that do one job, on one core."""

    def __init__(self, name, core, run):
        self.name, self.core, self.run = name, core, run
        self.started = []

    def start(self, command, port):
        prefix = [] if self.core is None else ["taskset", "-c", str(self.core)]
        with open(f"{self.run}/{self.name}.out", "ab") as out:
            # pylint: disable-next=consider-using-with
            process = subprocess.Popen(prefix + command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=self.run)
        self.started.append(process)
        wait_for(port, process, self.name)

    def cpu_ns(self):
        total = 0
        for root in self.started:
            for pid in descendants(root.pid):
                try:
                    for thread in os.listdir(f"/proc/{pid}/task"):
                        with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="utf-8") as stat:
                            total += int(stat.read().split()[0])
                except OSError:
                    pass
        return total

    def end(self):
        for process in self.started:
            process.terminate()
        for process in self.started:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def write(path, text):
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def start_api(run, core):
    port = free_port()
    write(f"{run}/64k", "x" * 65536)
    write(f"{run}/api.conf", API_CONF.format(run=run, port=port, small=SMALL, refused=REFUSED, temp=temp_folders(run, "api")))
    api = Process("api", core, run)
    api.start([API, "-c", f"{run}/api.conf"], port)
    return api, port


def start_nginx(_, run, core, api):
    port, tls = free_port(), free_port()
    write(f"{run}/nginx.conf", NGINX_CONF.format(run=run, port=port, tls=tls, api=api, temp=temp_folders(run, "nginx")))
    peer = Process("nginx", core, run)
    peer.start(["nginx", "-c", f"{run}/nginx.conf"], port)
    return peer, port, tls


def start_haproxy(_, run, core, api):
    port, tls = free_port(), free_port()
    write(f"{run}/haproxy.cfg", HAPROXY_CONF.format(run=run, port=port, tls=tls, api=api))
    peer = Process("haproxy", core, run)
    peer.start(["haproxy", "-db", "-f", f"{run}/haproxy.cfg"], port)
    return peer, port, tls


def start_whogoes(binary, run, core, api):
    """A whogoes has one listener: one process without TLS, one with it. One of them idles at a time."""
    peer = Process("whogoes", core, run)
    port, tls = free_port(), free_port()
    lines = f"tls: {{certificate: {run}/certificate.pem, key: {run}/key.pem}}"
    for listen, tls_lines in ((port, ""), (tls, lines)):
        write(f"{run}/whogoes-{listen}.yaml", WHOGOES_CONF.format(run=run, listen=listen, tls_lines=tls_lines, api=api))
        peer.start([binary, "run", "--config", f"{run}/whogoes-{listen}.yaml"], listen)
    return peer, port, tls


STARTERS = {"whogoes": start_whogoes, "nginx": start_nginx, "haproxy": start_haproxy}


def is_there(name):
    return name == "whogoes" or shutil.which(name) is not None


def version_of(name, binary):
    """As the program says it itself."""
    command = {"whogoes": [binary, "--version"], "nginx": ["nginx", "-v"], "haproxy": ["haproxy", "-v"]}[name]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    return (said.stdout + said.stderr).strip().split("\n", 1)[0]
