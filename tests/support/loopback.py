"""What tests of the whole program share: a port that is free, and an API that refuses one path."""
import socket
from http.server import BaseHTTPRequestHandler


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Api(BaseHTTPRequestHandler):
    """A bare 401 for /refused, else 204."""

    def do_GET(self):
        self.send_response(401 if self.path == "/refused" else 204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass
