"""The one decision at every door, HTTP and gRPC alike: who knocks, and may they?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv6Address, ip_address
from typing import Protocol
from urllib.parse import urlsplit

from auditor.access.model import LOCAL, Admitted, Caller, Decision, Knock, Refused, Scope
from auditor.access.ratelimit import Rate, RateLimit
from auditor.access.secret import Secret

READING, SENDING, FAILING = Rate(50, 200), Rate(1000, 2000), Rate(1, 30)
LIMITS: Mapping[Scope, Rate] = {"read": READING, "metrics": READING, "approve": READING, "ingest": SENDING}


class CannotTell(Exception):
    """A recogniser cannot say just now whether a credential is good. Its text is for the client."""


class Recogniser(Protocol):
    """Knows callers by what they show."""

    def recognise(self, credential: Secret) -> Caller | None:
        """Whose credential it is; None when it is nobody's. Never blocks. Raises CannotTell."""
        ...


class Doorman:
    """Decides on every request. Without recognisers only loopback comes in, and everybody there may do everything."""

    def __init__(
        self, recognisers: Sequence[Recogniser], limits: Mapping[Scope, Rate] = LIMITS, failures: Rate = FAILING
    ) -> None:
        self._recognisers = recognisers
        self._limits = {scope: RateLimit(limits.get(scope, rate)) for scope, rate in LIMITS.items()}
        self._failures = RateLimit(failures)  # per address; those who hold a token are not held up by a neighbour

    def decide(self, knock: Knock) -> Decision:
        """Admit or refuse. It needs no body, keeps no credential and does no I/O."""
        if knock.writes and _foreign(knock.origin, knock.host):
            return self._failure(knock, 403, "A page of another origin may not write here.")
        if not self._recognisers:
            return Admitted(LOCAL) if knock.local else Refused(401, "Without tokens this is served on loopback only.")
        if knock.credential is None:
            return self._failure(knock, 401, "This address needs a token.")
        try:
            caller = self._recognise(knock.credential)
        except CannotTell as error:
            return Refused(503, str(error), retry_after=1)
        if caller is None:
            return self._failure(knock, 401, "This token is not good, or no longer.")
        if seconds := self._limits[knock.needs].wait(caller.name):
            return Refused(429, "Too many requests with this token.", seconds, caller)
        if knock.needs not in caller.scopes:
            return Refused(403, f"This token lacks the scope '{knock.needs}'.", caller=caller)
        return Admitted(caller)

    def _recognise(self, credential: Secret) -> Caller | None:
        for recogniser in self._recognisers:
            if caller := recogniser.recognise(credential):
                return caller
        return None

    def _failure(self, knock: Knock, status: int, reason: str) -> Refused:
        if seconds := self._failures.wait(_neighbourhood(knock.address)):
            return Refused(429, "Too many requests without a good token from this address.", seconds)
        return Refused(status, reason)


def _foreign(origin: str | None, host: str) -> bool:
    """Whether a browser says that another site's page sent this. Programs send no Origin."""
    return origin is not None and urlsplit(origin).netloc.lower() != host.lower()


def _neighbourhood(address: str) -> str:
    """The address, or for IPv6 its /64, which one host has for itself."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(int(found) >> 64) if isinstance(found, IPv6Address) and not found.ipv4_mapped else address
