"""Static tokens: 256 random bits each, of which only the SHA-256 is kept, with a name, scopes and an end."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hmac import compare_digest

from auditor.access.model import Caller, Scope
from auditor.access.secret import Secret

PREFIX = "auditor_"  # lets scanners of repositories and logs recognise a token that leaked
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token. `expires` is the first moment at which it is no longer good; None: never."""

    name: str
    sha256: str = field(repr=False)
    scopes: frozenset[Scope]
    expires: datetime | None = None

    def good_at(self, moment: datetime) -> bool:
        """Whether it has not expired."""
        return self.expires is None or moment < self.expires


def new_secret() -> Secret:
    """A fresh token to hand out: prefix and 43 characters of base64url."""
    return Secret(PREFIX + secrets.token_urlsafe(32))


def bearer_of(tokens: Iterable[Token], secret: Secret, moment: datetime | None = None) -> Caller | None:
    """Who holds `secret`, or None when it is no token's or expired.

    Looks at every token, found or not, and at each for the same time, however much of it is right.
    """
    now, digest = moment or datetime.now(UTC), secret.digest()
    found = None
    for token in tokens:
        if compare_digest(digest, token.sha256) and token.good_at(now):
            found = Caller(token.name, token.scopes)
    return found
