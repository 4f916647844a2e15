"""Tokens of an issuer: what is good, every way of being bad, and where keys may come from."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from auditor.access.decide import CannotTell
from auditor.access.keys import FRESH, PAUSE, STALE, Keys, KeysError
from auditor.access.oidc import OidcTokens, fetch_keys
from auditor.access.secret import Secret
from auditor.operation.settings import Oidc
from auditor.outbound import OutboundError

ISSUER = "https://login.example"
SETTINGS = Oidc(ISSUER, "auditor", claim="realm_access.roles", roles={"privacy": frozenset({"read", "approve"})})
RSA = rsa.generate_private_key(65537, 2048)
OTHER = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())


def public(key: Any, id: str, **more: str) -> dict[str, Any]:
    algorithm = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    return {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": id, **more}


SET = {"keys": [public(RSA, "r"), public(EC, "e"), {"kty": "oct", "k": "c2VjcmV0", "kid": "o"}, {"kty": "new"}, 7]}
FOUND = fetch_keys(replace(SETTINGS, keys_url=f"{ISSUER}/keys"), lambda _: json.dumps(SET).encode())


def tokens(keys: Mapping[str, jwt.PyJWK] = FOUND) -> OidcTokens:
    found = OidcTokens(SETTINGS, Keys(lambda: keys, run=lambda work: work()))
    found.keys.refresh()
    return found


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    usual = {"iss": ISSUER, "aud": "auditor", "sub": "ana", "exp": now + 300, "realm_access": {"roles": ["privacy"]}}
    return {name: value for name, value in (usual | changes).items() if value is not None}


def signed(key: Any = RSA, algorithm: str = "RS256", id: str = "r", **changes: Any) -> Secret:
    return Secret(jwt.encode(claims(**changes), key, algorithm, {"kid": id}))


def test_a_good_token_gives_the_scopes_of_its_roles() -> None:
    for secret in (signed(), signed(EC, "ES256", "e"), signed(aud=["other", "auditor"])):
        caller = tokens().recognise(secret)
        assert caller is not None
        assert (caller.name, caller.scopes) == ("oidc:ana", {"read", "approve"})


@pytest.mark.parametrize(
    "roles", [{"roles": ["other"]}, {"roles": "other privacyx"}, {"roles": [7, None]}, {"roles": 7}, "privacy", None]
)
def test_other_roles_give_nothing(roles: Any) -> None:
    caller = tokens().recognise(signed(realm_access=roles))
    assert caller is not None
    assert caller.scopes == frozenset()


def test_a_subject_cannot_write_control_characters_into_logs() -> None:
    caller = tokens().recognise(signed(sub="ana\n\x1b[31m"))
    assert caller is not None
    assert caller.name.isprintable()


NOW = int(time.time())


@pytest.mark.parametrize(
    "secret",
    [
        signed(exp=NOW - 60),
        signed(exp=None),
        signed(nbf=NOW + 600),
        signed(iat=NOW + 600),
        signed(iss="https://evil.example"),
        signed(iss=None),
        signed(aud="other"),
        signed(aud=None),
        signed(sub=None),
        signed(sub=7),
        signed(sub="x" * 256),
        signed(OTHER),
        signed(algorithm="RS512"),
        signed(id="e"),
        signed(id="nobody"),
        signed("secret" * 10, "HS256", "o"),
        Secret(jwt.encode(claims(), None, "none", {"kid": "r"})),
        Secret("a.b.c"),
        Secret("..."),
        Secret("auditor_x"),
    ],
    ids=lambda _: "",
)
def test_a_bad_token_is_nobodys(secret: Secret) -> None:
    assert tokens().recognise(secret) is None


def test_the_public_key_is_no_shared_secret() -> None:
    """The classical confusion: HS256 with the issuer's public key as the key."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    pem = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def part(data: object) -> bytes:
        return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=")

    import hashlib
    import hmac

    text = part({"alg": "HS256", "kid": "r"}) + b"." + part(claims())
    signature = base64.urlsafe_b64encode(hmac.new(pem, text, hashlib.sha256).digest()).rstrip(b"=")
    assert tokens().recognise(Secret((text + b"." + signature).decode())) is None


def test_a_short_key_is_not_believed() -> None:
    weak = rsa.generate_private_key(65537, 1024)
    keys = {"w": jwt.PyJWK(public(weak, "w"))}
    with pytest.warns(jwt.warnings.InsecureKeyLengthWarning):
        secret = signed(weak, id="w")
    assert tokens(keys).recognise(secret) is None


@given(st.text(max_size=200) | st.tuples(st.text(), st.text(), st.text()).map(".".join))
def test_no_text_breaks_it(text: str) -> None:
    assert tokens().recognise(Secret(text)) is None


def pages(found: Mapping[str, Any]) -> Callable[[str], bytes]:
    def fetch(url: str) -> bytes:
        if url not in found:
            raise OutboundError("status 404")
        value = found[url]
        return value if isinstance(value, bytes) else json.dumps(value).encode()

    return fetch


DISCOVERY = f"{ISSUER}/.well-known/openid-configuration"


def test_keys_are_found_by_discovery() -> None:
    where = {DISCOVERY: {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"}, f"{ISSUER}/keys": SET}
    assert set(fetch_keys(SETTINGS, pages(where))) == {"r", "e"}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({}, "cannot be reached"),
        ({DISCOVERY: b"<html>"}, "not JSON"),
        ({DISCOVERY: b"[" * 100_000}, "not JSON"),
        ({DISCOVERY: []}, "not a JSON object"),
        ({DISCOVERY: {"issuer": "https://evil.example", "jwks_uri": f"{ISSUER}/keys"}}, "another issuer"),
        ({DISCOVERY: {"issuer": ISSUER, "jwks_uri": "https://evil.example/keys"}}, "keys_url"),
        ({DISCOVERY: {"issuer": ISSUER, "jwks_uri": "http://login.example/keys"}}, "keys_url"),
        ({DISCOVERY: {"issuer": ISSUER, "jwks_uri": f"{ISSUER}:8443/keys"}}, "keys_url"),
        ({DISCOVERY: {"issuer": ISSUER, "jwks_uri": 7}}, "keys_url"),
        ({DISCOVERY: {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/k"}, f"{ISSUER}/k": {}}, "no list"),
        ({DISCOVERY: {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/k"}, f"{ISSUER}/k": {"keys": [{}]}}, "no key"),
        ({DISCOVERY: {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/k"}, f"{ISSUER}/k": {"keys": [{}] * 101}}, "no list"),
    ],
)
def test_where_keys_may_not_come_from(found: Mapping[str, Any], said: str) -> None:
    with pytest.raises(KeysError, match=said):
        fetch_keys(SETTINGS, pages(found))


class Issuer:
    """Counts how often it is asked; can be down."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {"a": "A"}
        self.asked, self.down, self.now = 0, False, 0.0
        self.waiting: list[Callable[[], None]] = []

    def load(self) -> Mapping[str, str]:
        self.asked += 1
        if self.down:
            raise KeysError("down")
        return dict(self.keys)

    def cache(self) -> Keys[str]:
        return Keys(self.load, lambda: self.now, self.waiting.append)

    def work(self) -> None:
        while self.waiting:
            self.waiting.pop()()


def test_no_request_waits_for_the_issuer() -> None:
    issuer = Issuer()
    keys = issuer.cache()
    for _ in range(3):
        with pytest.raises(CannotTell):
            keys.get("a")
    assert len(issuer.waiting) == 1
    issuer.work()
    assert keys.get("a") == "A"
    assert keys.trouble is None


def test_unknown_keys_do_not_drive_requests_to_the_issuer() -> None:
    issuer = Issuer()
    keys = issuer.cache()
    keys.refresh()
    issuer.work()
    assert [keys.get(str(n)) for n in range(1000)] == [None] * 1000
    issuer.work()
    assert issuer.asked == 1


def test_a_new_key_is_found() -> None:
    issuer = Issuer()
    keys = issuer.cache()
    keys.refresh()
    issuer.work()
    issuer.keys = {"b": "B"}
    issuer.now = PAUSE
    with pytest.raises(CannotTell):
        keys.get("b")
    issuer.work()
    assert (keys.get("b"), keys.get("a")) == ("B", None)


def test_an_issuer_that_is_down_is_believed_for_a_day() -> None:
    issuer = Issuer()
    keys = issuer.cache()
    keys.refresh()
    issuer.work()
    issuer.down = True
    issuer.now = FRESH + 1
    assert keys.get("a") == "A"
    issuer.work()
    assert keys.trouble == "down"
    assert keys.get("a") == "A"
    issuer.now = STALE
    with pytest.raises(CannotTell):
        keys.get("a")
