"""Puts together the pieces in which Zipkin spans come: one side's view of a span may be in several, both share an id.

What a piece says beside the names and times is not looked at here: it may still lie in columns.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from auditor.telemetry.raw import Value

_CALLING = ("client", "producer")
_CLIENT_HALF = "~client"


class Piece(Protocol):
    """What one piece says beside the names and times."""

    @property
    def tags(self) -> Mapping[str, Value]: ...
    @property
    def annotations(self) -> list[str]: ...
    @property
    def remote(self) -> Mapping[str, Value]: ...


@dataclass(slots=True)
class Half:
    """One side's view of a Zipkin span, put together from its pieces."""

    trace: str
    id: str
    parent: str | None
    service: str | None
    kind: str | None
    name: str
    start_us: int | None
    duration_us: int | None
    pieces: list[Piece]
    new_id: str = ""

    def add(self, other: Half) -> None:
        """Take over what only the other piece tells."""
        self.parent = self.parent or other.parent
        self.kind = self.kind or other.kind
        self.name = self.name or other.name
        self.start_us = other.start_us if self.start_us is None else self.start_us
        self.duration_us = other.duration_us if self.duration_us is None else self.duration_us
        self.pieces += other.pieces


@dataclass(frozen=True, slots=True)
class Settled:
    """A half with its place among the others; `kind` is the one that the place tells where the half does not."""

    half: Half
    parent: str | None
    kind: str
    start_us: int


def settled(pieces: Iterable[Half]) -> Iterator[Settled]:
    """The halves that all pieces of a file make."""
    groups: dict[tuple[str, str], list[Half]] = defaultdict(list)
    for piece in pieces:
        groups[piece.trace, piece.id].append(piece)
    merged = {key: _merge(group) if len(group) > 1 else group for key, group in groups.items()}
    for halves in merged.values():
        _name_halves(halves)
    first = _first_times(merged)
    for (trace, _), halves in merged.items():
        for half in halves:
            yield _settle(half, halves, merged.get((trace, half.parent or ""), []), first.get(trace, 0))


def _merge(pieces: list[Half]) -> list[Half]:
    """The halves that the pieces of one id make. A piece without a kind belongs to its service's half, if there is one.

    Two pieces of one kind and service are the same half, unless they began at different times: then one message went
    to several consumers.
    """
    halves: list[Half] = []
    for piece in sorted(pieces, key=lambda piece: (piece.kind is None, piece.start_us is None, piece.start_us or 0)):
        for half in halves:
            fits = piece.kind is None or half.kind is None or piece.kind == half.kind
            same_time = piece.kind is None or piece.start_us is None or piece.start_us == half.start_us
            if half.service == piece.service and fits and same_time:
                half.add(piece)
                break
        else:
            halves.append(piece)
    return halves


def _name_halves(halves: list[Half]) -> None:
    """Give halves that share an id different ones: the called side keeps it, for the spans below belong to it."""
    calling = [half for half in halves if half.kind in _CALLING]
    called = [half for half in halves if half.kind not in _CALLING]
    for number, half in enumerate(called):
        half.new_id = half.id if number == 0 else f"{half.id}~{number + 1}"
    for number, half in enumerate(calling):
        suffix = _CLIENT_HALF if called else ""
        half.new_id = half.id + suffix + (f"~{number + 1}" if number else "")


def _first_times(merged: Mapping[tuple[str, str], list[Half]]) -> dict[str, int]:
    """The earliest start of each trace: better than 1970 for a half without a time."""
    first: dict[str, int] = {}
    for (trace, _), halves in merged.items():
        for half in halves:
            if half.start_us:
                first[trace] = min(first.get(trace, half.start_us), half.start_us)
    return first


def _settle(half: Half, siblings: list[Half], above: list[Half], first_us: int) -> Settled:
    parent, is_local = _parent(half, siblings, above)
    start = half.start_us or next((other.start_us for other in (*siblings, *above) if other.start_us), first_us)
    return Settled(half, parent, half.kind or ("internal" if is_local else "unspecified"), start)


def _parent(half: Half, siblings: list[Half], above: list[Half]) -> tuple[str | None, bool]:
    """(id of the parent, whether it is of the same service)."""
    if half.kind not in _CALLING:
        callers = [other for other in siblings if other.kind in _CALLING]
        if callers:
            return callers[0].new_id, callers[0].service == half.service
    own = [other for other in above if other.service == half.service]
    candidates = sorted(own or above, key=lambda other: other.kind in _CALLING)
    return (candidates[0].new_id if candidates else half.parent), bool(own)
