"""Calls demo.Orders/Get without a token, with an expired one, with one that lacks the scope, and with a
good one; says what each call brought.  client.py HOST:PORT"""
import base64
import json
import sys
import time

import grpc


def token(**claims):
    """Not signed: the server of this example only reads it."""
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
    now = int(time.time())
    return f'{part({"alg": "HS256", "typ": "JWT"})}.{part({"iss": "https://id.example", "iat": now, "exp": now + 600, **claims})}.{"A" * 43}'


calls = {
    "without a token": None,
    "with one that has expired": token(iat=int(time.time()) - 1440, exp=int(time.time()) - 840, scope="orders:read"),
    "without the scope": token(scope="orders:write"),
    "with a good one": token(scope="orders:read"),
}
# A company's proxy (http_proxy) does not reach this machine's loopback address.
with grpc.insecure_channel(sys.argv[1], [("grpc.enable_http_proxy", 0)]) as channel:
    get = channel.unary_unary("/demo.Orders/Get")
    for words, sent in calls.items():
        metadata = [("authorization", f"Bearer {sent}")] if sent else []
        try:
            print(f"{words:28}", get(b"42", metadata=metadata, timeout=10).decode())
        except grpc.RpcError as error:
            print(f"{words:28}", error.code().name, "-", error.details())
