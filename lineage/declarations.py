"""What people declare about their processing, since no telemetry can know it. Carried by the audit, shown as theirs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from lineage.lock import Lock


@dataclass(frozen=True, slots=True, order=True)
class Organisation:
    """Who answers for the processing. Empty where nobody said."""

    controller: str = ""
    contact: str = ""
    dpo: str = ""
    representative: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Processing:
    """A processing activity. `services` and `stores` are patterns with `*`; all else is text for a reader."""

    name: str
    services: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    purpose: str = ""
    legal_basis: str = ""
    data_subjects: tuple[str, ...] = ()
    retention: str = ""
    owner: str = ""
    security: str = ""

    def has_service(self, name: str) -> bool:
        """Whether it covers the service."""
        return any(fnmatchcase(name, pattern) for pattern in self.services)

    def has_store(self, name: str) -> bool:
        """Whether it covers the store."""
        return any(fnmatchcase(name, pattern) for pattern in self.stores)


@dataclass(frozen=True, slots=True, order=True)
class Transfer:
    """What covers the sending of personal data to recipients whose host fits the pattern `to`."""

    to: str
    safeguard: str = ""
    contract: str = ""

    def covers(self, host: str) -> bool:
        """Whether it speaks of this host; a port is left aside."""
        return fnmatchcase(re.sub(r":\d+$", "", host).lower(), self.to.lower())


@dataclass(frozen=True, slots=True)
class Declarations:
    """All that auditor.toml declares for the record of processing."""

    organisation: Organisation = Organisation()
    processing: tuple[Processing, ...] = ()
    transfers: tuple[Transfer, ...] = ()


NOTHING = Declarations()


@dataclass(frozen=True, slots=True, order=True)
class Approved:
    """An entry of the lock as a log of changes reads it: which exposure was approved, when, by whom and why."""

    at: str
    id: str
    category: str
    sink_kind: str
    sink: str
    by: str
    reason: str


def approvals_of(lock: Lock | None) -> tuple[Approved, ...]:
    """The lock as a log of changes, in order of time."""
    return tuple(
        sorted(Approved(a.at, a.id, a.category, a.sink_kind, a.sink, a.by, a.reason) for a in lock.approvals)
        if lock
        else ()
    )
