"""FastAPI's own security classes, unmodified: Bearer, Basic, an API key, and the recipe of its
tutorial with scopes. fastapi_api.py PORT SECRET PASSWORD TOKEN"""
import secrets
import sys

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Security
from fastapi.security import (APIKeyHeader, HTTPBasic, HTTPBasicCredentials, HTTPBearer, OAuth2PasswordBearer,
                              OAuth2PasswordRequestForm, SecurityScopes)
from jose import JWTError, jwt

port, secret, password, token = int(sys.argv[1]), *sys.argv[2:5]
app = FastAPI()
oauth2 = OAuth2PasswordBearer(tokenUrl="token", scopes={"items:read": "", "items:admin": ""})


def user(scopes: SecurityScopes, given: str = Depends(oauth2)):
    challenge = {"WWW-Authenticate": f'Bearer scope="{scopes.scope_str}"' if scopes.scopes else "Bearer"}
    try:
        content = jwt.decode(given, secret, algorithms=["HS256"], audience="live")
    except JWTError:
        raise HTTPException(401, "Could not validate credentials", challenge)
    if not set(scopes.scopes) <= set(content.get("scope", "").split()):
        raise HTTPException(401, "Not enough permissions", challenge)
    return content["sub"]


def basic_user(given: HTTPBasicCredentials = Depends(HTTPBasic())):
    if given.username != "ann" or not secrets.compare_digest(given.password.encode(), password.encode()):
        raise HTTPException(401, "Incorrect username or password", {"WWW-Authenticate": "Basic"})


def key(given: str = Depends(APIKeyHeader(name="X-API-Key"))):
    if given != token:
        raise HTTPException(403, "Invalid API Key")


def items():
    return {"items": []}


app.get("/oauth2/items", dependencies=[Security(user)])(items)
app.get("/oauth2/admin", dependencies=[Security(user, scopes=["items:admin"])])(items)
app.get("/bearer/items", dependencies=[Depends(HTTPBearer())])(items)
app.get("/basic/items", dependencies=[Depends(basic_user)])(items)
app.get("/key/items", dependencies=[Depends(key)])(items)


@app.post("/token")
def login(form: OAuth2PasswordRequestForm = Depends()):
    if form.username != "ann" or form.password != password:
        raise HTTPException(400, "Incorrect username or password")
    return {"access_token": token, "token_type": "bearer"}


uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
