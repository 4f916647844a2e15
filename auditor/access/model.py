"""The words of access: what may be asked for, who asks, and what the answer is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from auditor.access.secret import Secret

Scope = Literal["ingest", "read", "approve", "metrics"]
SCOPES: tuple[Scope, ...] = get_args(Scope)


@dataclass(frozen=True, slots=True)
class Caller:
    """Someone who was recognised: a token's name or an OIDC subject, and what they may do."""

    name: str
    scopes: frozenset[Scope]


LOCAL = Caller("local", frozenset(SCOPES))  # on loopback without tokens: whoever sits at the machine


@dataclass(frozen=True, slots=True)
class Knock:
    """A request at the door, before its body is read.

    `needs` is the scope of what is asked for, `credential` what came in `Authorization`, `address` the client's and
    `local` whether it came in over loopback or a Unix socket. `writes` is False for what only reads; `origin` and
    `host` are those headers, by which a write from a foreign web page is told.
    """

    needs: Scope
    address: str
    local: bool
    credential: Secret | None = None
    writes: bool = False
    origin: str | None = None
    host: str = ""


@dataclass(frozen=True, slots=True)
class Admitted:
    """The caller may come in."""

    caller: Caller


@dataclass(frozen=True, slots=True)
class Refused:
    """The caller may not. `status` is the HTTP status: 401, 403, 429 or 503.

    `reason` is a sentence without anything of the request in it. `retry_after` is in seconds, None where waiting does
    not help. `caller` is who it was, when that is known.
    """

    status: int
    reason: str
    retry_after: int | None = None
    caller: Caller | None = None


Decision = Admitted | Refused
