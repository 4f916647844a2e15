"""The service dependency explorer as plain lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from lineage.audit import Audit
from lineage.explorer import Amplified, Edge, Explored, ServiceLoad
from lineage.model import LeftOut
from lineage.questions.bounded import bounded
from reports.columns import columns
from reports.load_words import counted, duration, reason
from reports.text import share, visible

Row = tuple[str, ...]
_NAME = 60  # characters of a name
_SERVICES = ("service", "handled", "errors", "p50", "p99", "called by", "calls")
_CALLS = ("caller", "callee", "operation", "calls", "errors", "p50", "p99", "a handling")
_AMPLIFIED = ("request to", "sets off", "requests", "mean", "p99", "most", "because of")


def explorer_lines(audit: Audit, explored: Explored, limit: int) -> Iterator[str]:
    """Services, calls and what requests set off, each list in at most `limit` lines, and what was left out."""
    several = tuple(one for one in explored.amplification if one.most > 1)
    shorter, left = bounded(replace(explored, amplification=several), limit)
    shapes = {shape.id: shape.shape for shape in audit.statements}
    yield from columns("Services", _headed(_SERVICES, map(_service, shorter.services)))
    yield from columns("Calls", _headed(_CALLS, map(_call, shorter.calls)))
    loads = (_amplified(one, shapes) for one in shorter.amplification)
    yield from columns("What one request sets off more than once", _headed(_AMPLIFIED, loads))
    if explored.amplification and not several:
        yield "No request sets off the same call or statement twice."
    yield from ("", f"Sampling: {visible(audit.scope.sampling)}.")
    yield "Percentiles are at most 4.4 % off. Requests without a call count in mean and p99."
    yield from _left(left, "--limit shows more")
    yield from _left(audit.left_out, "audit.json holds the heaviest")


def _headed(header: Row, rows: Iterable[Row]) -> list[Row]:
    found = list(rows)
    return [header, *found] if found else []


def _left(left: tuple[LeftOut, ...], where: str) -> Iterator[str]:
    if left:
        more = ", ".join(f"{one.records:,} of {one.list.replace('_', ' ')}" for one in left)
        yield f"Left out: {more} ({where})."


def _service(one: ServiceLoad) -> Row:
    p50, p99 = (duration(one.latency.p50), duration(one.latency.p99)) if one.latency else ("", "")
    handled = counted(one.calls, one.sampled, "request") if one.calls else "no spans"
    return (
        _name(one.name),
        handled,
        _errors(one.errors, one.error_share),
        p50,
        p99,
        f"{one.callers:,}",
        f"{one.callees:,}",
    )


def _call(one: Edge) -> Row:
    p50, p99 = (duration(one.latency.p50), duration(one.latency.p99)) if one.latency else ("", "")
    return (
        "not traced" if one.caller is None else _name(one.caller),
        _name(one.callee),
        _name(one.operation),
        counted(one.calls, one.sampled, "call"),
        _errors(one.errors, one.error_share),
        p50,
        p99,
        f"{one.amplification:,.2f}",
    )


def _amplified(one: Amplified, shapes: Mapping[str, str]) -> Row:
    what = shapes.get(one.operation, one.operation) if one.mode == "statement" else one.operation
    return (
        _name(f"{one.root.service} {one.root.name}"),
        _name(f"{one.caller.service} -> {one.callee.name}: {what}"),
        f"{one.requests:,}",
        f"{one.mean:,.2f}",
        f"{one.p99:,.4g}",
        f"{one.most:,}",
        visible(reason(one.cause), 3 * _NAME),
    )


def _errors(errors: int, part: float) -> str:
    return f"{errors:,} ({share(part)})" if errors else "none"


def _name(text: str) -> str:
    return visible(text, _NAME)
