"""The same door for calls that are not HTTP: what a gRPC server asks before it reads a message."""

from __future__ import annotations

from collections.abc import Callable

from auditor.access.credentials import credential_of
from auditor.access.decide import Doorman
from auditor.access.model import Knock, Refused

Gate = Callable[[str | None, str], Refused | None]  # `authorization` and the peer; None when it may send


def ingest_gate(doorman: Doorman, is_local: bool) -> Gate:
    """Who may send telemetry to a server; `is_local` tells whether it listens on loopback only.

    The peer is written as gRPC does: `ipv4:192.0.2.7:4711`, `ipv6:[2001:db8::1]:4711`, `unix:/path`.
    """

    def gate(authorization: str | None, peer: str) -> Refused | None:
        decision = doorman.decide(Knock("ingest", _address(peer), is_local, credential_of(authorization)))
        return decision if isinstance(decision, Refused) else None

    return gate


def _address(peer: str) -> str:
    kind, _, rest = peer.partition(":")
    return rest.rpartition(":")[0].strip("[]") if kind in ("ipv4", "ipv6") else peer
