"""From an issuer on loopback to an answer: discovery, keys, a signed token, a role, a scope."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi.testclient import TestClient

from api.app import create_app
from auditor.operation.settings import Oidc, Serve

KEY = ec.generate_private_key(ec.SECP256R1())


class Issuer(HTTPServer):
    """Serves its discovery document and its keys, once it is let."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.open = threading.Event()

    @property
    def name(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Issuer)
        self.server.open.wait(10)
        key = jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key(), as_dict=True) | {"kid": "a"}
        pages = {
            "/.well-known/openid-configuration": {"issuer": self.server.name, "jwks_uri": f"{self.server.name}/keys"},
            "/keys": {"keys": [key]},
        }
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(pages[self.path]).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with Issuer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_an_issuers_token_opens_the_door(folder: Path, issuer: Issuer) -> None:
    settings = Serve(oidc=Oidc(issuer.name, "auditor", roles={"privacy": frozenset({"read"})}))
    client = TestClient(create_app(folder, settings=settings))
    claims = {"iss": issuer.name, "aud": "auditor", "sub": "ana", "exp": int(time.time()) + 60}
    token = jwt.encode(claims | {"roles": ["privacy"]}, KEY, "ES256", {"kid": "a"})
    headers = {"authorization": f"Bearer {token}"}
    waiting = client.get("/api/flows", headers=headers)  # answered at once, while the issuer is not
    assert (waiting.status_code, waiting.headers["retry-after"]) == (503, "1")
    assert client.get("/readyz").json()["errors"][0]["where"] == "oidc"
    issuer.open.set()
    until = time.monotonic() + 10
    while client.get("/readyz").status_code != 200 and time.monotonic() < until:
        time.sleep(0.02)
    assert client.get("/api/flows", headers=headers).status_code == 200
    assert client.get("/metrics", headers=headers).status_code == 403
    other = jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), "ES256", {"kid": "a"})
    assert client.get("/api/flows", headers={"authorization": f"Bearer {other}"}).status_code == 401
