"""A gRPC service that wants a token: demo.Orders/Get, any bytes in and out, so that nothing has to be
generated. It refuses as such services do: a status, hardly a word."""
import base64
import json
import time
from concurrent import futures

import grpc


def claims(token):
    try:
        part = token.split(".")[1]
        return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError):
        return {}


def get(request, context):
    metadata = dict(context.invocation_metadata())
    token = claims(metadata.get("authorization", "").removeprefix("Bearer "))
    if not token or token.get("exp", 0) < time.time():
        context.abort(grpc.StatusCode.UNAUTHENTICATED, "unauthenticated")
    if "orders:read" not in token.get("scope", "").split():
        context.abort(grpc.StatusCode.PERMISSION_DENIED, "scope orders:read is missing")
    return b"order " + request


server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(
    "demo.Orders", {"Get": grpc.unary_unary_rpc_method_handler(get)}),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(f"127.0.0.1:{port}", flush=True)
server.wait_for_termination()
