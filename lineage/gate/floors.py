"""How much telemetry it takes to say "nothing new": below these floors a run is inconclusive."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TypeVar

from lineage.audit import Audit
from lineage.gate.moved import Renames
from lineage.lock import Lock

MOST_NAMES = 10  # in one sentence
_T = TypeVar("_T", str, tuple[str, str])


@dataclass(frozen=True, slots=True)
class Floors:
    """The least of each: counts, and shares (0..1) of what the lock names and of statement calls fully read."""

    spans: int = 1
    traces: int = 1
    services: float = 1.0
    operations: float = 0.0
    statements_parsed: float = 0.0


USUAL_FLOORS = Floors()


def thin(audit: Audit, lock: Lock | None, floors: Floors, renames: Renames) -> Iterator[str]:
    """Why the telemetry is too thin to say that nothing is new, a sentence each; nothing when it is not."""
    scope = audit.scope
    if scope.spans == 0:
        yield "no spans were read: silence says nothing"
        return
    if scope.spans < floors.spans:
        yield f"{scope.spans:,} spans were read, and the policy asks for {floors.spans:,}"
    if scope.traces < floors.traces:
        yield f"{scope.traces:,} traces were read, and the policy asks for {floors.traces:,}"
    lock = lock or Lock()
    services = {service.name for service in audit.services}
    locked = {renames.current("service", name) for name in lock.services}
    if missing := _missing(locked, services, floors.services):
        yield f"services of the lock that sent no spans: {_names(missing)}{_asked(locked, missing, floors.services)}"
    operations = {(service.name, name) for service in audit.services for name in service.operations}
    wanted = {(renames.current("service", service), name) for service, name in lock.operations}
    if absent := _missing(wanted, operations, floors.operations):
        named = _names([f"{service} {name}" for service, name in absent])
        yield f"operations of the lock that were not seen: {named}{_asked(wanted, absent, floors.operations)}"
    if scope.statements and scope.statements_parsed < floors.statements_parsed * scope.statements:
        share = scope.statements_parsed / scope.statements
        yield f"{share:.0%} of statement calls could be read, and the policy asks for {floors.statements_parsed:.0%}"


def rarity(traces: int) -> str | None:
    """What may be said of what so many traces did not show (the rule of three); None of no traces."""
    if traces == 0:
        return None
    if traces <= 3:
        return f"{traces} traces are too few to say how rare a flow is that they do not show"
    bound = f"3/{traces:,} ({3 / traces:.2%})"
    return (
        f"after {traces:,} traces without it, a flow's share of traces is below {bound} at 95 %, if they are a random "
        "sample"
    )


def _missing(locked: Collection[_T], seen: Collection[_T], floor: float) -> list[_T]:
    """What was not seen of what is locked, if the rest is a smaller share than the floor."""
    missing = sorted(set(locked) - set(seen))
    enough = not locked or len(locked) - len(missing) >= floor * len(locked)
    return [] if enough else missing


def _asked(locked: Collection[object], missing: Collection[object], floor: float) -> str:
    if floor == 1:
        return ""
    return f" ({1 - len(missing) / len(locked):.0%} of them were seen, and the policy asks for {floor:.0%})"


def _names(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMES:,} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more
