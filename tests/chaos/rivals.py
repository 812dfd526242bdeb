"""nginx and HAProxy in the place of whogoes, configured to do the same: to compare, not to judge."""

import os
import resource
import signal
import socket
import subprocess
import tempfile
import time

NGINX = """\
worker_processes {workers}; daemon off; pid {folder}/pid; error_log {folder}/errors;
worker_shutdown_timeout 10s;
events {{ worker_connections {most}; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  client_header_timeout 1s; client_body_timeout 1s; keepalive_timeout 75s;
  keepalive_requests 1000000; client_max_body_size 0;
  upstream api {{ server 127.0.0.1:{upstream} max_fails=0; keepalive 64; }}
  server {{
    listen 127.0.0.1:{listen} backlog=4096;
    location / {{
      proxy_pass http://api; proxy_http_version 1.1; proxy_set_header Host $http_host;
      proxy_set_header Connection ""; proxy_buffering off; proxy_request_buffering off;
      proxy_connect_timeout 500ms; proxy_read_timeout {response};
    }}
  }}
}}
"""

HAPROXY = """\
global
  maxconn {most}
  nbthread {workers}
  hard-stop-after 10s
  stats socket {folder}/socket level admin expose-fd listeners
defaults
  mode http
  timeout connect 500ms
  timeout client 5s
  timeout server {response}
  timeout http-request 1s
  timeout http-keep-alive 75s
  option abortonclose
  option http-no-delay
  retries 2
  retry-on conn-failure empty-response
listen whole
  bind 127.0.0.1:{listen} backlog 4096
  http-request disable-l7-retry if METH_POST
  http-reuse safe
  server api 127.0.0.1:{upstream}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Rival:
    """As proxy.Proxy, for the faults that do not look into whogoes' own log."""

    def __init__(self, kind, upstream, *, descriptors=None, workers=2, connections=20000,
                 response="5s"):
        self.kind, self.port = kind, free_port()
        self.folder = tempfile.TemporaryDirectory(prefix="chaos-rival-")
        self.config = os.path.join(self.folder.name, "config")
        self.values = dict(folder=self.folder.name, listen=self.port, upstream=upstream,
                           workers=workers, connections=connections, response=response)
        self.write_config()
        command = (["nginx", "-c", self.config, "-e", self.folder.name + "/errors"]
                   if kind == "nginx" else ["haproxy", "-W", "-db", "-q", "-f", self.config])
        if kind == "nginx" and os.geteuid() == 0:
            command += ["-g", "user root;"]

        def limit():
            if descriptors:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

        self.errors = open(os.path.join(self.folder.name, "stderr"), "w+")
        environment = dict(os.environ, PATH=os.environ.get("PATH", "") + ":/usr/sbin")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=environment,
                                        stdout=subprocess.DEVNULL, stderr=self.errors,
                                        preexec_fn=limit)
        self._wait()

    def write_config(self, **changes):
        # What makes a configuration of whogoes' bad makes this one bad.
        self.values.update(changes)
        # Each connection takes two descriptors, and HAProxy does not start with fewer.
        connections = self.values["connections"]
        self.values["most"] = min(9000, connections) if connections != "many" else connections
        with open(self.config, "w", encoding="ascii") as file:
            file.write((NGINX if self.kind == "nginx" else HAPROXY).format(**self.values))

    def _wait(self):
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.5).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{self.kind} does not listen: {self.said()}")

    def said(self):
        self.errors.seek(0)
        return self.errors.read()[-2000:]

    def reload(self):
        self.process.send_signal(signal.SIGHUP if self.kind == "nginx" else signal.SIGUSR2)

    def terminate(self):
        self.process.send_signal(signal.SIGQUIT if self.kind == "nginx" else signal.SIGUSR1)

    def alive(self):
        return self.process.poll() is None

    def _family(self):
        """The first process and all that descend from it."""
        parents = {}
        for name in os.listdir("/proc"):
            try:
                with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as file:
                    fields = file.read().rsplit(")", 1)[1].split()
                parents[int(name)] = int(fields[1]), int(fields[11]) + int(fields[12])
            except (OSError, ValueError):
                continue
        family = {self.process.pid}
        while True:
            more = {pid for pid, (parent, _) in parents.items() if parent in family} - family
            if not more:
                return {pid: parents[pid][1] for pid in family if pid in parents}
            family |= more

    def cpu_seconds(self):
        return sum(self._family().values()) / os.sysconf("SC_CLK_TCK")

    def resident_kib(self):
        whole = 0
        for pid in self._family():
            try:
                with open(f"/proc/{pid}/status", encoding="ascii") as file:
                    whole += sum(int(x.split()[1]) for x in file if x.startswith("RssAnon:"))
            except OSError:
                continue
        return whole

    def descriptors(self):
        whole = 0
        for pid in self._family():
            try:
                whole += len(os.listdir(f"/proc/{pid}/fd"))
            except OSError:
                continue
        return whole

    def close(self):
        if self.alive():
            for pid in list(self._family()):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        self.process.wait()
        self.errors.close()
        self.folder.cleanup()
