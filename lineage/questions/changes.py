"""What is different between two audits, as far as telemetry shows. What is not seen any more may still be there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from lineage.audit import Audit, Exposure, Flow
from lineage.index import index_of
from lineage.model import EVIDENCE, Direction, ExposureState, Party

Change = Literal["new", "changed", "not seen"]
Sight = Literal["observed", "declared", "possible", "not seen"]  # evidence, or none
_One = TypeVar("_One")
_Row = TypeVar("_Row")
_Key = TypeVar("_Key")
_SIGHTS: tuple[Sight, ...] = (*EVIDENCE, "not seen")
_ORDER: tuple[Change, ...] = ("new", "changed", "not seen")


@dataclass(frozen=True, slots=True)
class ExposureChange:
    """An exposure. `before` and `after` are its evidence; `state` is the later one there is."""

    change: Change
    id: str
    category: str
    sink: Party
    sensitivity: str
    state: ExposureState
    before: Sight
    after: Sight


@dataclass(frozen=True, slots=True)
class FlowChange:
    """A flow. `before` and `after` are its evidence."""

    change: Change
    id: str
    category: str
    field: str | None
    source: Party
    sink: Party
    direction: Direction
    before: Sight
    after: Sight


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field with its data categories before and after."""

    change: Change
    field: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartyChange:
    """A service, store, outside party or channel that is new or not seen."""

    change: Change
    party: Party


@dataclass(frozen=True, slots=True)
class LeakChange:
    """Personal data inside telemetry that is new or not seen."""

    change: Change
    service: str
    attribute: str
    category: str


@dataclass(frozen=True, slots=True)
class Window:
    """What an audit looked at; RFC 3339 UTC."""

    first: str | None
    last: str | None
    spans: int


@dataclass(frozen=True, slots=True)
class Changes:
    """New first, then changed, then not seen; within each the strongest evidence first."""

    before: Window
    after: Window
    exposures: tuple[ExposureChange, ...]
    flows: tuple[FlowChange, ...]
    fields: tuple[FieldChange, ...]
    parties: tuple[PartyChange, ...]
    leaks: tuple[LeakChange, ...]


def changes(before: Audit, after: Audit) -> Changes:
    """What `after` shows that `before` does not, the other way round, and what has other evidence or categories."""
    exposures = _compared(
        {e.id: e for e in before.exposures},
        {e.id: e for e in after.exposures},
        lambda e: e.evidence,
        lambda change, e, was, now: ExposureChange(
            change, e.id, e.category, e.sink, e.sensitivity, e.state, _evidence(was), _evidence(now)
        ),
    )
    flows = _compared(
        index_of(before).flow,
        index_of(after).flow,
        lambda f: f.evidence,
        lambda change, f, was, now: FlowChange(
            change, f.id, f.category, f.field, f.source, f.sink, f.direction, _evidence(was), _evidence(now)
        ),
    )
    fields = _compared(
        _named(index_of(before).categories),
        _named(index_of(after).categories),
        lambda named: named[1],
        lambda change, named, was, now: FieldChange(change, named[0], was[1] if was else (), now[1] if now else ()),
    )
    parties = _compared(_parties(before), _parties(after), lambda _: 0, lambda change, p, *_: PartyChange(change, p))
    leaks = _compared(_leaks(before), _leaks(after), lambda _: 0, lambda change, leak, *_: LeakChange(change, *leak))
    return Changes(
        _window(before),
        _window(after),
        tuple(sorted(exposures, key=lambda e: (*_rank(e), e.category, e.sink, e.id))),
        tuple(sorted(flows, key=lambda f: (*_rank(f), f.category, f.source, f.sink, f.field or "", f.id))),
        tuple(sorted(fields, key=lambda f: (_ORDER.index(f.change), f.field))),
        tuple(sorted(parties, key=lambda p: (_ORDER.index(p.change), p.party))),
        tuple(sorted(leaks, key=lambda o: (_ORDER.index(o.change), o.service, o.attribute, o.category))),
    )


def _compared(
    before: Mapping[_Key, _One],
    after: Mapping[_Key, _One],
    what: Callable[[_One], object],
    row: Callable[[Change, _One, _One | None, _One | None], _Row],
) -> Iterable[_Row]:
    """A row for each thing that is in one alone, or of which `what` counts is different; given the later one."""
    for key, now in after.items():
        was = before.get(key)
        if was is None:
            yield row("new", now, None, now)
        elif what(was) != what(now):
            yield row("changed", now, was, now)
    for key, was in before.items():
        if key not in after:
            yield row("not seen", was, was, None)


def _evidence(one: Exposure | Flow | None) -> Sight:
    return one.evidence if one else "not seen"


def _rank(one: ExposureChange | FlowChange) -> tuple[int, int]:
    return _ORDER.index(one.change), min(_SIGHTS.index(one.after), _SIGHTS.index(one.before))


def _named(categories: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {field: (field, found) for field, found in categories.items()}


def _parties(audit: Audit) -> dict[Party, Party]:
    found = [Party("service", one.name) for one in audit.services] + [Party("store", one.name) for one in audit.stores]
    found += [Party("outsider", one.name) for one in audit.outsiders]
    found += [Party("channel", one.name) for one in audit.channels]
    return {party: party for party in found}


def _leaks(audit: Audit) -> dict[tuple[str, str, str], tuple[str, str, str]]:
    found = [(leak.service, leak.attribute, leak.category) for leak in audit.leaks]
    return {leak: leak for leak in found}


def _window(audit: Audit) -> Window:
    return Window(audit.scope.first, audit.scope.last, audit.scope.spans)
