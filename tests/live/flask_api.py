"""Flask-HTTPAuth, unmodified: Basic, Bearer and Digest. flask_api.py PORT PASSWORD TOKEN"""
import sys

from flask import Flask, jsonify
from flask_httpauth import HTTPBasicAuth, HTTPDigestAuth, HTTPTokenAuth

port, password, token = int(sys.argv[1]), sys.argv[2], sys.argv[3]
app = Flask(__name__)
app.config["SECRET_KEY"] = "of this run only"
basic, bearer, digest = HTTPBasicAuth(realm="live"), HTTPTokenAuth(realm="live"), HTTPDigestAuth(realm="live")


@basic.verify_password
def check(user, given):
    return user if user == "ann" and given == password else None


@bearer.verify_token
def check_token(given):
    return "ann" if given == token else None


@bearer.get_user_roles
def roles(_user):
    return ["reader"]


@digest.get_password
def password_of(user):
    return password if user == "ann" else None


@app.get("/basic/items")
@basic.login_required
def basic_items():
    return jsonify(items=[])


@app.get("/bearer/items")
@bearer.login_required
def bearer_items():
    return jsonify(items=[])


@app.get("/bearer/admin")
@bearer.login_required(role="admin")
def bearer_admin():
    return jsonify(items=[])


@app.get("/digest/items")
@digest.login_required
def digest_items():
    return jsonify(items=[])


app.run(host="127.0.0.1", port=port, threaded=True)
