"""An API that gets every status wrong that a cause or a rule speaks of, beside 401 and 403.
Each path is one of them; /right answers well. statuses.py PORT"""
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

JSON = ("Content-Type", "application/json")
# path: status, header fields, body
ANSWERS = {
    "/right": (200, [JSON], {"items": []}),
    "/shared-cache": (200, [JSON, ("Cache-Control", "public, max-age=600")], {"items": []}),
    "/soft": (200, [JSON, ("X-Responded-JSON", '{"status": 401, "headers": {"location": "/login"}}')], {}),
    "/soft-other": (200, [JSON], {"items": [{"code": 401, "message": "a ticket about a login"}]}),
    "/cors-wildcard": (200, [JSON, ("Access-Control-Allow-Origin", "*"),
                             ("Access-Control-Allow-Credentials", "true")], {"items": []}),
    "/login-cookie": (200, [JSON, ("Set-Cookie", "__Host-sid=s3cr3tcookie; Path=/; HttpOnly")], {}),
    "/moved": (302, [("Location", "/login?next=/moved")], ""),
    "/slash": (307, [("Location", "/slash/")], ""),
    "/slash/": (401, [JSON, ("WWW-Authenticate", 'Bearer realm="live"')], {"error": "Unauthorized"}),
    "/bare": (401, [JSON], {"error": "Unauthorized", "status": 401}),
    "/expired-as-400": (400, [JSON], {"error": "Bad Request", "message": "jwt expired", "status": 400}),
    "/plain-400": (400, [JSON], {"error": "Bad Request", "message": "page must be a number", "status": 400}),
    "/oauth/token": (400, [JSON, ("Cache-Control", "no-store")],
                     {"error": "invalid_grant", "error_description": "Token is not active"}),
    "/nowhere": (404, [JSON], {"error": "Not Found", "status": 404}),
    "/proxy-auth": (407, [JSON, ("Proxy-Authenticate", 'Basic realm="corp"')], {"error": "who are you"}),
    "/proxy-auth-bare": (407, [JSON], {"error": "who are you"}),
    "/page-expired": (419, [JSON], {"message": "CSRF token mismatch."}),
    "/too-many": (429, [JSON, ("Retry-After", "30")], {"error": "Too Many Requests", "status": 429}),
    "/crash": (500, [("Content-Type", "text/plain")], "JsonWebTokenError: jwt malformed\n    at verify (index.js:1)\n"),
    "/crash-other": (500, [("Content-Type", "text/plain")], "TypeError: x is undefined\n"),
    "/throttled-as-403": (403, [JSON, ("Retry-After", "30")], {"error": "Forbidden", "status": 403}),
    "/mismatch": (403, [JSON], {"error": "Unauthorized", "status": 401}),
}


class Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        path = self.path.partition("?")[0]
        status, fields, body = ANSWERS.get(path, ANSWERS["/nowhere"])
        if path == "/hidden" and self.headers.get("Authorization", "").endswith("owner-0123456789abcdef"):
            status, fields, body = ANSWERS["/right"]
        if self.command == "OPTIONS" and path == "/preflight-redirect":
            status, fields, body = 307, [("Location", "/elsewhere")], ""
        octets = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)

    do_GET = do_POST = do_PUT = do_DELETE = do_OPTIONS = answer

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Api).serve_forever()
