"""How much: how often it is touched a day, and how many reads one request from outside sets off."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from lineage.audit import Audit
from lineage.wanted import categories_of, find, touching

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Amount:
    """An operation's own statements: `reads` return or compare what was asked about, `writes` only write it."""

    service: str
    operation: str
    reads: int
    writes: int
    reads_per_day: float | None


@dataclass(frozen=True, slots=True)
class Amplified:
    """What requests to the root of a trace set off: `reads` of all operations below it, `per_request` on average."""

    service: str
    operation: str
    requests: int
    reads: int
    per_request: float


@dataclass(frozen=True, slots=True)
class HowMuch:
    """`seconds` is the window of the audit: a day's figure extrapolates from it, and is None without a window."""

    wanted: str
    seconds: float
    amounts: tuple[Amount, ...]
    roots: tuple[Amplified, ...]


def how_much(audit: Audit, wanted: str | None = None) -> HowMuch:
    """The answer for a field, a pattern, a category, or everything that has a category. Raises UnknownName.

    A statement that touches several of the fields counts once. Counts are of spans read, sampling is not undone.
    """
    fields = find(audit, wanted).fields if wanted is not None else frozenset(categories_of(audit))
    reading: dict[tuple[str, str], set[str]] = defaultdict(set)
    touched: dict[tuple[str, str], set[str]] = defaultdict(set)
    for access in touching(audit, fields):
        reading[access.service, access.operation].update(access.reading)
        touched[access.service, access.operation].update(access.statements)
    requests: dict[tuple[str, str], int] = defaultdict(int)
    reads: dict[tuple[str, str], int] = defaultdict(int)
    writes: dict[tuple[str, str], int] = defaultdict(int)
    rooted: dict[tuple[str, str], int] = defaultdict(int)
    for context in audit.contexts:
        root, last = context.path[0], context.path[-1]
        place = (last.service, last.name)
        if len(context.path) == 1:
            requests[place] += context.calls
        if place not in touched:
            continue
        ran = [
            (run.statement in reading[place], run.calls)
            for run in context.statements
            if run.statement in touched[place]
        ]
        reads[place] += sum(calls for is_read, calls in ran if is_read)
        writes[place] += sum(calls for is_read, calls in ran if not is_read)
        rooted[root.service, root.name] += sum(calls for is_read, calls in ran if is_read)
    seconds = window(audit)
    days = seconds / DAY
    amounts = [
        Amount(*place, reads[place], writes[place], round(reads[place] / days, 1) if days else None)
        for place in touched
        if reads[place] or writes[place]
    ]
    roots = [
        Amplified(*root, requests[root], count, round(count / requests[root], 2))
        for root, count in rooted.items()
        if count and requests[root]
    ]
    return HowMuch(
        wanted or "everything with a category",
        seconds,
        tuple(sorted(amounts, key=lambda a: (-a.reads, -a.writes, a.service, a.operation))),
        tuple(sorted(roots, key=lambda r: (-r.per_request, -r.reads, r.service, r.operation))),
    )


def window(audit: Audit) -> float:
    """Seconds between the first and the last span; 0 when unknown."""
    if audit.scope.first is None or audit.scope.last is None:
        return 0.0
    try:
        return max(
            (datetime.fromisoformat(audit.scope.last) - datetime.fromisoformat(audit.scope.first)).total_seconds(), 0.0
        )
    except (ValueError, TypeError):
        return 0.0
