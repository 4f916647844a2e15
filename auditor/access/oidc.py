"""Bearer tokens of an OpenID Connect issuer (RFC 7519, RFC 9068): the only import of PyJWT.

Signature by a key of the issuer and an algorithm of the list; `exp`, `nbf`, `iat`, `iss` and `aud` are checked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import jwt

from auditor.access.keys import Keys, KeysError
from auditor.access.model import Caller, Scope
from auditor.access.secret import Secret
from auditor.operation.settings import Oidc
from auditor.outbound import OutboundError, send, wrong_address
from reports.text import visible

LEEWAY = 30  # seconds that clocks may differ
MAX_KEYS = 100
MAX_SUBJECT = 255  # characters, by OpenID Connect Core 2
Fetch = Callable[[str], bytes]


class OidcTokens:
    """A recogniser of an issuer's tokens. `keys` are fetched from that issuer only."""

    def __init__(self, settings: Oidc, keys: Keys[jwt.PyJWK] | None = None) -> None:
        self._settings = settings
        self.keys = keys or Keys(lambda: fetch_keys(settings, get))
        self._reader = jwt.PyJWT({"enforce_minimum_key_length": True, "require": ["exp", "iss", "aud", "sub"]})

    def recognise(self, credential: Secret) -> Caller | None:
        """The subject of a good token, with the scopes of its roles. Raises CannotTell."""
        token = credential.reveal()
        if token.count(".") != 2:
            return None
        settings = self._settings
        try:
            id = jwt.get_unverified_header(token).get("kid", "")
            key = self.keys.get(id if isinstance(id, str) else "")
            if key is None:
                return None
            claims = self._reader.decode(
                token,
                key,
                algorithms=list(settings.algorithms),
                audience=settings.audience,
                issuer=settings.issuer,
                leeway=LEEWAY,
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            return None
        if len(claims["sub"]) > MAX_SUBJECT:
            return None
        scopes = (settings.roles.get(role, frozenset[Scope]()) for role in _roles(claims, settings.claim))
        return Caller(f"oidc:{visible(claims['sub'])}", frozenset[Scope]().union(*scopes))


def fetch_keys(settings: Oidc, fetch: Fetch) -> Mapping[str, jwt.PyJWK]:
    """The issuer's public signing keys by id; the one key of an issuer without ids has the id ''. Raises KeysError."""
    document = _document(fetch, settings.keys_url or _keys_url(settings, fetch))
    entries = document.get("keys")
    if not isinstance(entries, list) or len(entries) > MAX_KEYS:
        raise KeysError(f"the issuer's key set holds no list of at most {MAX_KEYS} keys")
    found = {}
    for entry in entries:
        if isinstance(entry, dict) and entry.get("kty") != "oct" and entry.get("use", "sig") == "sig":
            try:
                found[str(entry.get("kid", ""))] = jwt.PyJWK(entry)
            except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
                continue  # a kind of key that is not known here signs nothing that is read here
    if not found:
        raise KeysError("the issuer's key set holds no key that can be used")
    return found


def _keys_url(settings: Oidc, fetch: Fetch) -> str:
    """Where the discovery document says that the keys are, if that is at the issuer's own."""
    document = _document(fetch, settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
    url = document.get("jwks_uri")
    if document.get("issuer") != settings.issuer:
        raise KeysError("the discovery document is of another issuer than serve.oidc.issuer")
    if not isinstance(url, str) or wrong_address(url) or urlsplit(url)[:2] != urlsplit(settings.issuer)[:2]:
        raise KeysError("the issuer's keys are at another host: name it in serve.oidc.keys_url, if that is right")
    return url


def _document(fetch: Fetch, url: str) -> Mapping[str, Any]:
    try:
        document = json.loads(fetch(url))
    except OutboundError as error:
        raise KeysError(f"the issuer cannot be reached: {error}") from None
    except (ValueError, RecursionError):
        raise KeysError("the issuer answers with something that is not JSON") from None
    if not isinstance(document, dict):
        raise KeysError("the issuer answers with something that is not a JSON object")
    return document


def get(url: str) -> bytes:
    """What is at an address of the issuer. Raises OutboundError."""
    answer = send(url, seconds=10, max_bytes=1 << 18)
    if answer.status != 200:
        raise OutboundError(f"status {answer.status}")
    return answer.body


def _roles(claims: Mapping[str, Any], path: str) -> list[str]:
    """The roles at a dotted path of the claims: a list, or a text with blanks between, as `scope` is."""
    value: Any = claims
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, str):
        return value.split()
    return [role for role in value if isinstance(role, str)] if isinstance(value, list) else []
