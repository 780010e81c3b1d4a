"""An identity provider of OpenID Connect on a port of its own, that can be made to lie."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.api.asking import wait_until

CLIENT, SECRET = "geoplan", "between us"
Token = Callable[[dict[str, Any]], object]


@dataclass(slots=True)
class Provider:
    """What the provider knows. `token` makes the id_token of the next login from honest claims."""

    url: str
    key: RSAKey
    subject: str = "subject-1"
    algorithms: tuple[str, ...] = ("RS256",)
    issuer: str = ""
    token: Token | None = None
    nonce: str = ""
    challenge: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)

    def claims(self, **changed: Any) -> dict[str, Any]:
        now = int(time.time())
        honest = {
            "iss": self.url, "sub": self.subject, "aud": CLIENT, "nonce": self.nonce,
            "iat": now, "exp": now + 300,
        }  # fmt: skip
        return {name: value for name, value in (honest | changed).items() if value is not None}

    def signed(self, claims: dict[str, Any], key: RSAKey | None = None, **header: Any) -> str:
        used = key or self.key
        return jwt.encode({"alg": "RS256", "kid": self.key.kid, **header}, claims, used)

    async def discovery(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.issuer or self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "id_token_signing_alg_values_supported": list(self.algorithms),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
            }
        )

    async def keys(self, _: Request) -> Response:
        public = self.key.as_dict(private=False) | {"use": "sig", "alg": "RS256"}
        return JSONResponse({"keys": [public]})

    async def exchange(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        self.asked.append(form)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if form.get("code") != "good" or proof != self.challenge:
            return JSONResponse({"error": "invalid_grant"}, 400)
        made = (self.token or self.signed)(self.claims())
        body: dict[str, object] = {"access_token": "opaque", "token_type": "Bearer"}
        if made is not None:
            body["id_token"] = made
        return JSONResponse(body)


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that listens until the end."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    found = Provider(
        f"http://127.0.0.1:{listener.getsockname()[1]}", RSAKey.generate_key(2048, {"kid": "k1"})
    )
    app = Starlette(
        routes=[
            Route("/.well-known/openid-configuration", found.discovery),
            Route("/keys", found.keys),
            Route("/token", found.exchange, methods=["POST"]),
        ]
    )
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield found
    finally:
        server.should_exit = True
        thread.join(timeout=30)


def unsigned(claims: dict[str, Any]) -> str:
    """A token that says that nobody need sign it."""
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(_packed(json.dumps(part).encode()) for part in parts) + "."


def with_secret(claims: dict[str, Any], secret: bytes, kid: str) -> str:
    """A token signed with what both sides know, or with what everybody knows."""
    parts = ({"alg": "HS256", "typ": "JWT", "kid": kid}, claims)
    text = ".".join(_packed(json.dumps(part).encode()) for part in parts)
    return f"{text}.{_packed(hmac.digest(secret, text.encode(), 'sha256'))}"


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
