"""What `Authorization` holds: a bearer token, or what a browser asks its user for, with the token as the password."""

from __future__ import annotations

import binascii
from base64 import b64decode

from auditor.access.secret import Secret

MAX_LENGTH = 16 * 1024  # characters; an OIDC token with many groups has some thousands


def credential_of(authorization: str | None) -> Secret | None:
    """The secret of the header's value; None when there is none, or none that could be meant."""
    if not authorization or len(authorization) > MAX_LENGTH:
        return None
    scheme, _, rest = authorization.partition(" ")
    text = rest.strip()
    if scheme.lower() == "basic":
        try:
            text = b64decode(text, validate=True).decode("utf-8").partition(":")[2]
        except (binascii.Error, ValueError):
            return None
    elif scheme.lower() != "bearer":
        return None
    return Secret(text) if text else None
