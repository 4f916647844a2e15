"""Answers to questions as plain lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import singledispatch

from lineage.audit import Audit
from lineage.model import Party
from lineage.questions.blast_radius import HOW, BlastRadius, How
from lineage.questions.bounded import bounded
from lineage.questions.holds import Holds
from lineage.questions.how_much import HowMuch
from lineage.questions.over_reads import OverRead, OverReads
from lineage.questions.unread import Unread
from lineage.questions.where_goes import WhereGoes
from lineage.questions.who_touches import WhoTouches
from reports.columns import columns
from reports.explain import party, path_line
from reports.text import count, visible

_NAME = 200  # characters of a name that are shown
_SHORT_WINDOW = 3600.0  # seconds; a day's figure out of less is a guess
Rows = list[tuple[str, ...]]
_HOW_WORDS: dict[How, str] = {
    "reads": "It reads",
    "is handed": "It is handed",
    "passes on": "It passes on, so it holds",
    "same table": "In tables that it uses",
    "same store": "In other tables of stores that it uses",
    "may be handed": "It may be handed, or may pass on: a possible flow, no more",
}


def answer_lines(audit: Audit, answer: object, limit: int) -> Iterator[str]:
    """The answer in at most `limit` lines for each of its lists, and what was left out."""
    shorter, left = bounded(answer, limit)
    yield from _lines(shorter, audit)
    if left:
        more = ", ".join(f"{one.records:,} of {one.list.replace('_', ' ')}" for one in left)
        yield from ("", f"Left out: {more} (--limit shows more).")


@singledispatch
def _lines(answer: object, audit: Audit) -> Iterator[str]:
    raise TypeError(type(answer).__name__)


@_lines.register
def _(answer: WhoTouches, audit: Audit) -> Iterator[str]:
    if not (answer.touchers or answer.handed):
        yield f"Nobody was seen touching {_name(answer.wanted)}."
        return
    rows: Rows = [
        (
            _name(one.service),
            _name(one.operation),
            _name(one.field),
            ", ".join(one.roles) + (" (whole row)" if one.whole_row else "") + ("" if one.certain else " (inferred)"),
            count(one.calls, "call"),
        )
        for one in answer.touchers
    ]
    yield from columns("Touched in statements of", rows)
    rows = [(_name(o.service), _name(o.operation), count(o.accesses, "access", "accesses")) for o in answer.on_behalf]
    yield from columns("On behalf of callers, directly or through others", rows)
    rows = [
        (
            h.evidence,
            h.direction,
            f"{party(h.by)} -> {party(h.party)}",
            _what(h.category, h.field),
            count(h.calls, "call"),
        )
        for h in answer.handed
    ]
    yield from columns("Handed on", rows)


@_lines.register
def _(answer: WhereGoes, audit: Audit) -> Iterator[str]:
    if not answer.destinations:
        yield f"No flow takes {_name(answer.wanted)} anywhere" + (f" near {_name(answer.to)}." if answer.to else ".")
        return
    flows = {flow.id: flow for flow in audit.flows}
    for one in answer.destinations:
        yield f"{party(one.party)}: {_name(one.category)}"
        yield f"  {path_line(one.path, flows)}"


@_lines.register
def _(answer: Holds, audit: Audit) -> Iterator[str]:
    if not answer.holdings:
        yield f"{_name(answer.service)} was not seen holding anything personal."
        return
    rows: Rows = [
        (
            one.evidence,
            _what(one.category, one.field),
            one.sensitivity,
            f"{', '.join(one.came_by)} from {_parties(one.came_from)}" if one.came_from else "seen going on",
            f"-> {_parties(one.goes_to)}" if one.goes_to else "",
        )
        for one in answer.holdings
    ]
    yield from columns(f"{_name(answer.service)} holds", rows)


@_lines.register
def _(answer: BlastRadius, audit: Audit) -> Iterator[str]:
    if not answer.reach:
        yield f"Nothing personal was seen within reach of {_name(answer.service)}."
        return
    stores = f", which uses {', '.join(map(_name, answer.stores))}" if answer.stores else ""
    yield f"Within reach of whoever breaks into {_name(answer.service)}{stores}:"
    for how in HOW:
        rows: Rows = [
            (_what(one.category, one.field), one.sensitivity, _parties(one.where))
            for one in answer.reach
            if one.how == how
        ]
        yield from columns(_HOW_WORDS[how], rows)


@_lines.register
def _(answer: OverReads, audit: Audit) -> Iterator[str]:
    if not answer.over_reads:
        yield "Nothing was read that no flow may take further."
    told = [one for one in answer.over_reads if not one.answers_unseen]
    yield from columns("Read and not passed on", _over_read_rows(told))
    unseen = [one for one in answer.over_reads if one.answers_unseen]
    title = "Read, and passed on at most in answers to callers who send no spans"
    yield from columns(title, _over_read_rows(unseen))


@_lines.register
def _(answer: Unread, audit: Audit) -> Iterator[str]:
    if not answer.fields:
        yield f"All of {count(answer.asked, 'field')} were seen being read."
        return
    rows: Rows = [
        (_name(one.field), ", ".join(map(_name, one.categories)), one.use, ", ".join(map(_name, one.services)))
        for one in answer.fields
    ]
    yield from columns(f"Not seen being read, of {count(answer.asked, 'field')}", rows)
    yield from ("", "Not seen is no proof: a job that did not run in this window may read them.")


@_lines.register
def _(answer: HowMuch, audit: Audit) -> Iterator[str]:
    if not answer.amounts:
        yield f"No access to {_name(answer.wanted)} was counted."
        return
    yield f"In {answer.seconds:,.1f} seconds of telemetry:"
    rows: Rows = [
        (
            _name(one.service),
            _name(one.operation),
            count(one.reads, "read"),
            count(one.writes, "write"),
            _per_day(one.reads_per_day),
        )
        for one in answer.amounts
    ]
    yield from columns("Statements that touch it", rows)
    rows = [
        (
            _name(one.service),
            _name(one.operation),
            f"{one.per_request:,.2f} reads a request",
            f"{count(one.reads, 'read')} in {count(one.requests, 'request')}",
        )
        for one in answer.roots
    ]
    yield from columns("Set off by requests from outside", rows)
    if answer.seconds < _SHORT_WINDOW:
        yield from ("", "The window is short: a day's figure is what it would be if all days were like it.")


def _per_day(reads: float | None) -> str:
    """A day's figure to two digits: it is an extrapolation."""
    return "" if not reads else f"about {float(f'{reads:.2g}'):,.0f} reads a day"


def _over_read_rows(found: Iterable[OverRead]) -> list[tuple[str, ...]]:
    return [
        (
            _name(one.service),
            _name(one.operation),
            _name(one.field),
            ", ".join(map(_name, one.categories)),
            count(one.calls, "call"),
        )
        for one in found
    ]


def _what(category: str, field: str | None) -> str:
    return f"{_name(category)} ({_name(field) if field else 'field unknown'})"


def _parties(parties: Iterable[Party]) -> str:
    return ", ".join(map(party, parties))


def _name(text: str) -> str:
    return visible(text, _NAME)
