"""The program under test, started as a user would, and what the kernel says about it."""

import json
import os
import resource
import signal
import subprocess
import tempfile
import time

CONFIG = """\
version: 1
listen: 127.0.0.1:{listen}
upstream: {scheme}://127.0.0.1:{upstream}
admin: "off"
workers: {workers}
log: {{format: json, output: "{log}", access: failures, rotate: {{size: {rotate}}}}}
limits:
  connections: {connections}
  timeouts: {{connect: 500ms, header: 1s, idle: {idle}, response: {response}}}
drain: {{timeout: 10s}}
"""


class Proxy:
    def __init__(self, binary, upstream, *, log=None, descriptors=None, file_size=None, workers=2,
                 connections=20000, response="5s", rotate="50MiB", idle="75s",
                 scheme="http"):
        self.folder = tempfile.TemporaryDirectory(prefix="whogoes-chaos-")
        self.config = os.path.join(self.folder.name, "whogoes.yaml")
        self.log = log or os.path.join(self.folder.name, "log")
        self.values = dict(upstream=upstream, workers=workers, connections=connections,
                           response=response, rotate=rotate, idle=idle, scheme=scheme, log=self.log,
                           listen=0)
        self.write_config()

        def limit():
            if descriptors:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
            if file_size:
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))

        # Else the kernel would not show a user who is not root what it holds.
        # Where it listens is told on a log line; a log that takes nothing cannot tell it.
        self.errors = open(os.path.join(self.folder.name, "stderr"), "w+")
        self.process = subprocess.Popen([binary, "run", "--config", self.config],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=self.errors, preexec_fn=limit,
                                        env={**os.environ, "WHOGOES_CORE_DUMPS": "1"})
        self.port = self._port()

    def write_config(self, **changes):
        self.values.update(changes)
        with open(self.config, "w", encoding="ascii") as file:
            file.write(CONFIG.format(**self.values))

    def _port(self):
        """From the kernel's table of this process's listening sockets."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"whogoes ended at once: {self.said()}")
            own = set()
            folder = f"/proc/{self.process.pid}/fd"
            for name in os.listdir(folder):
                try:
                    own.add(os.readlink(os.path.join(folder, name)))
                except OSError:
                    pass
            with open("/proc/net/tcp", encoding="ascii") as table:
                for line in table.readlines()[1:]:
                    column = line.split()
                    if column[3] == "0A" and f"socket:[{column[9]}]" in own:
                        return int(column[1].split(":")[1], 16)
            time.sleep(0.02)
        raise RuntimeError("whogoes does not listen")

    def said(self):
        self.errors.seek(0)
        return self.errors.read()[-2000:]

    def records(self):
        with open(self.log, encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def reopen_log(self):
        self.process.send_signal(signal.SIGUSR1)

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def alive(self):
        return self.process.poll() is None

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_kib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            for line in file:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1])
        return 0

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def close(self):
        if self.alive():
            self.process.kill()
        self.process.wait()
        self.errors.close()
        self.folder.cleanup()
