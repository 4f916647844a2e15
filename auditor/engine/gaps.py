"""The gaps that a system model shows, with what each kind hides from the audit, in a reviewer's words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from lineage.model import Gap
from lineage.system import SystemModel, Unseen

HIDDEN = {
    "orphan": "spans whose parent never arrived: who called, and with what, is unknown",
    "unnamed_service": "spans that do not say which service sent them: several services may look like one",
    "no_statement": "database spans without a statement: which tables and columns were touched is unknown",
    "unpaired_call": "calls to a known service that sent no span for them: what it did there is unknown",
    "clock_skew": "requests that arrive before they were sent, since two services' clocks differ: "
    "what was held when is told by each one's own clock alone",
    "failed_call": "attempts that never reached their peer: nothing was sent, so nothing is claimed",
    "nameless_peer": "calls that do not name who was called: a third party may be behind them",
    "late_span": "spans that came when the rest of their hour was no longer kept: counted by themselves, so that their "
    "callers may be missing, and once more if they came before",
    "damaged_segment": "spans in damaged files of the index: whatever only they showed is missing",
    "damaged_model": "spans of an hour whose counts in the index are damaged, and which are no longer kept themselves",
    "counts_only": "hours so old that the index keeps their counts only: no calling paths and no example traces",
    "uninstrumented_service": "services of your own that send no spans: what they read, call and pass on is unknown",
}
_UNNAMED = "unknown_service"


def gaps_of(model: SystemModel) -> tuple[Gap, ...]:
    """What a named model leaves unseen."""
    unseen = (*model.unseen, *_unnamed(model), *_unpaired(model))
    return tuple(sorted(_gap(one) for one in unseen if one.count))


def _gap(unseen: Unseen) -> Gap:
    where = f"{unseen.service} -> {unseen.other}" if unseen.other else unseen.service
    share = round(unseen.count / unseen.total, 4)
    return Gap(unseen.kind, where, unseen.count, share, HIDDEN[unseen.kind])


def _unnamed(model: SystemModel) -> Iterator[Unseen]:
    for service in model.services:
        if service.name.startswith(_UNNAMED):
            yield Unseen("unnamed_service", service.name, "", service.spans, service.spans)


def _unpaired(model: SystemModel) -> Iterator[Unseen]:
    calls: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for exchange in model.exchanges:
        if exchange.caller is not None:
            counts = (exchange.unpaired, exchange.seen.calls)
            calls[exchange.caller.service, exchange.callee.name].append(counts)
    for (caller, callee), counted in calls.items():
        yield Unseen("unpaired_call", caller, callee, *map(sum, zip(*counted, strict=True)))
