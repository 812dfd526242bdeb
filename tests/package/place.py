"""Where the packaged program is tried: bare roots, a name to resolve, and an API behind TLS.

All of it lies in a network and mount namespace of this process's own (see tests/package/run), so that port 53
and port 443 are free, nothing leaves the machine, and what is mounted is gone with the process.
"""
import contextlib
import http.client
import pathlib
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from loopback import free_port

BY_FILE, BY_DNS = "api.hosts.test", "api.dns.test"  # /etc/hosts has the one, the DNS server the other
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
REFUSAL = b'{"message": "jwt expired"}'


def run(*command, status=0, **options):
    """What it printed, both streams as one; raises with all of it where the exit status is another."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          stdin=subprocess.DEVNULL, timeout=120, check=False, **options)
    if done.returncode != status:
        raise AssertionError(f"{shlex.join(map(str, command))}: status {done.returncode}, expected {status}\n{done.stdout}")
    return done.stdout


def check(holds, words):
    if not holds:
        raise AssertionError(words)


def check_says(text, *words):
    for word in words:
        check(word in text, f"nothing of {word!r} in:\n{text}")


class Refusing(BaseHTTPRequestHandler):
    """Refuses everybody."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(REFUSAL)))
        self.end_headers()
        self.wfile.write(REFUSAL)

    def log_message(self, *_):
        pass


class Authority:
    """One that no list has, and a certificate of its for the API."""

    def __init__(self, folder):
        self.file, self.key = folder / "authority.pem", folder / "authority.key"
        self.pair = folder / "api.pem"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=An authority of tests", "-keyout", self.key, "-out", self.file)
        run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=api",
            "-keyout", folder / "api.key", "-out", folder / "api.csr")
        (folder / "names").write_text(f"subjectAltName=DNS:{BY_FILE},DNS:{BY_DNS}\n")
        run("openssl", "x509", "-req", "-in", folder / "api.csr", "-CA", self.file, "-CAkey", self.key, "-days", "2",
            "-CAcreateserial", "-extfile", folder / "names", "-out", folder / "api.crt")
        self.pair.write_text((folder / "api.crt").read_text() + (folder / "api.key").read_text())


def serve_https(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.pair)
    server = ThreadingHTTPServer(("127.0.0.1", 443), Refusing)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def answer_dns(query):
    """127.0.0.1 for BY_DNS, an empty answer where it is asked for another type, else NXDOMAIN (RFC 1035, 4)."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += 1 + query[at]
    question = query[12:at + 5]
    known, wants_a = ".".join(labels).lower() == BY_DNS, question[-4:-2] == b"\0\1"
    found = known and wants_a
    head = query[:2] + (b"\x81\x80" if known else b"\x81\x83") + b"\0\1" + (b"\0\1" if found else b"\0\0") + bytes(4)
    return head + question + (b"\xc0\x0c\0\1\0\1" + (60).to_bytes(4, "big") + b"\0\4\x7f\0\0\1" if found else b"")


def serve_dns():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))

    def serve():
        while True:
            query, peer = server.recvfrom(4096)
            server.sendto(answer_dns(query), peer)
    threading.Thread(target=serve, daemon=True).start()


class Root:
    """A folder that programs see as the whole file system. What they write does not reach `base`."""

    def __init__(self, base, folder):
        self.path = folder / "root"
        for each in ("upper", "work", "root"):
            (folder / each).mkdir()
        layers = f"lowerdir={base},upperdir={folder / 'upper'},workdir={folder / 'work'}"
        try:
            run("mount", "-t", "overlay", "overlay", "-o", layers, self.path)
        except AssertionError:  # a kernel or a file system without overlays
            run("cp", "-a", f"{base}/.", self.path)
        for name, text in (("hosts", f"127.0.0.1 localhost {BY_FILE}\n"), ("resolv.conf", "nameserver 127.0.0.1\n")):
            self.write(f"etc/{name}", text)

    def write(self, name, text):
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.write_text(text)

    def install(self, program):
        (self.path / "usr/bin").mkdir(parents=True, exist_ok=True)
        shutil.copy(program, self.path / "usr/bin/whogoes")

    def remount_read_only(self):
        run("mount", "--bind", self.path, self.path)
        run("mount", "-o", "remount,bind,ro", self.path)

    def mount_proc(self):
        (self.path / "proc").mkdir(exist_ok=True)
        run("mount", "-t", "proc", "proc", self.path / "proc")

    def command(self, *words, user=None):
        return [shutil.which("chroot"), *([f"--userspec={user}"] if user else []), str(self.path), *map(str, words)]

    def run(self, *words, status=0, user=None, **environment):
        return run(*self.command(*words, user=user), status=status, env={"PATH": PATH, "HOME": "/root", **environment})


@contextlib.contextmanager
def root_of(base):
    with tempfile.TemporaryDirectory(prefix="whogoes-root-") as name:
        root = Root(base, pathlib.Path(name))
        try:
            yield root
        finally:
            for mounted in (root.path / "proc", root.path, root.path):
                subprocess.run(["umount", mounted], capture_output=True, check=False)


@contextlib.contextmanager
def proxying(root, *words, program="whogoes", user=None, limits=None, environment=()):
    """A proxy in the root, once it listens: its port, and what it says on its standard error."""
    port = free_port()
    said = []
    proxy = subprocess.Popen(root.command(program, "-l", f"127.0.0.1:{port}", *words, user=user), stdin=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, text=True, preexec_fn=limits,
                             env={"PATH": PATH, "HOME": "/root", "LC_ALL": "C", **dict(environment)})
    reader = None
    try:
        for line in proxy.stderr:
            said.append(line)
            if str(port) in line:
                break
        else:
            raise AssertionError(f"the proxy ended with {proxy.wait(20)}:\n" + "".join(said))
        reader = threading.Thread(target=lambda: said.extend(proxy.stderr), daemon=True)
        reader.start()
        yield port, said
        proxy.terminate()
        check(proxy.wait(20) == 0, f"the end of the proxy was {proxy.returncode}:\n" + "".join(said))
    finally:
        proxy.kill()
        proxy.wait()
        if reader:
            reader.join()
        proxy.stderr.close()


def ask(port, host="localhost"):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", "/orders", headers={"Host": host, "Authorization": "Bearer sample"})
        answer = connection.getresponse()
        return answer.status, answer.read()


def check_explains(root, name, *words, **options):
    """What the whole of it is for: a refusal of an API of that name, behind TLS, comes through and is explained."""
    with proxying(root, "-u", f"https://{name}", "--admin", "off", *words, **options) as (port, said):
        answer = ask(port)
        check(answer == (401, REFUSAL), f"{name}: {answer}\n" + "".join(said))
    text = re.sub(r"\x1b\[[0-9;]*m", "", "".join(said))
    check_says(text, "401", "/orders", "token expired")
    return text
