"""Jaeger JSON to flat columns: answers of its API, as its UI exports them. All else is left to be read span by span."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from auditor.telemetry import jaeger
from auditor.telemetry.columns import Column, Flags, Ints, pc
from auditor.telemetry.flat import NOBODY, Coded, Events, Flat, Ids, Links, Owned, Undecoded, same
from auditor.telemetry.ids import span_text, trace_text
from auditor.telemetry.json_columns import (
    LEAF,
    MAP,
    PairForm,
    Shape,
    begins,
    entries,
    frames,
    items,
    leaves,
    nulls,
    owned,
    parsed,
    there,
    times,
)
from auditor.telemetry.memory import ENTRIES
from auditor.telemetry.otlp_ids import ids_of_leaves
from auditor.telemetry.raw import Attributes
from auditor.telemetry.told import told_by
from auditor.telemetry.values import MAX_TIME, span_id, text_of, trace_id
from auditor.telemetry.weight import weight_of

_REFERENCE: Shape = {"refType": LEAF, "traceID": LEAF, "spanID": LEAF}
_LEAVES = "traceID spanID parentSpanID operationName startTime duration processID process tag"
_SPAN: Shape = dict.fromkeys(_LEAVES.split(), LEAF) | {
    "tags": [LEAF],
    "references": [_REFERENCE],
    "logs": [{"fields": [LEAF]}],
}
_TRACE: Shape = {"traceID": LEAF, "spanID": LEAF, "spans": [_SPAN], "processes": MAP}
_DOCUMENT: Shape = {"data": [_TRACE], "traceID": LEAF, "_source": LEAF, "hits": LEAF, "spans": LEAF, "spanID": LEAF}
_SMALL = r"^(?:-?[0-9]{1,9}(?:\.[0-9]+)?|true|false)$"
_SCALAR = r"^[\"0-9tf-]"
_NO_PROCESS = "null"


def decode(documents: Sequence[bytes]) -> Flat:
    """The spans of documents. Raises Undecoded with those that are damaged or written in another way."""
    document = frames(documents, _DOCUMENT)
    traces, of_document = items(pc.struct_field(document, "data"))
    spans, of_trace = items(pc.struct_field(traces, "spans"))
    record = of_document[of_trace]
    own = ids_of_leaves(pc.struct_field(spans, "spanID"), 8, span_id)
    trace = _or(
        ids_of_leaves(pc.struct_field(spans, "traceID"), 16, trace_id),
        ids_of_leaves(pc.struct_field(traces, "traceID"), 16, trace_id).take(of_trace),
    )
    logs, _ = items(pc.struct_field(spans, "logs"))
    log_begins = begins(pc.struct_field(spans, "logs"))
    of_log = np.repeat(record, np.diff(log_begins))
    odd = {
        *nulls(pc.struct_field(document, "data")).tolist(),
        *(row for name in ("traceID", "_source", "hits", "spans", "spanID") for row in there(document, name).tolist()),
        *of_document[nulls(pc.struct_field(traces, "spans"))].tolist(),
        *of_document[nulls(pc.struct_field(traces, "processes"))].tolist(),
        *of_document[there(traces, "spanID")].tolist(),
        *record[~(own.there & trace.there)].tolist(),
        *record[nulls(pc.struct_field(spans, "tags"))].tolist(),
        *(row for name in ("process", "tag") for row in record[there(spans, name)].tolist()),
        *of_log[nulls(pc.struct_field(logs, "fields"))].tolist(),
    }
    if odd:
        raise Undecoded(odd)
    tags = owned(pc.struct_field(spans, "tags"), _TAG)
    parent, links = _references(spans, trace)
    process = _processes(traces, spans, of_trace)
    start = times(pc.struct_field(spans, "startTime"), 1000)
    duration = times(pc.struct_field(spans, "duration"), 1000)
    if (duration > MAX_TIME - start).any():
        raise Undecoded
    return Flat(
        record=record,
        trace=trace,
        own=own,
        parent=parent,
        start_ns=start,
        end_ns=start + duration,
        resource=process,
        read_resource=lambda text: _process(text)[1],
        name=leaves(pc.struct_field(spans, "operationName"), lambda name: text_of(name) or ""),
        kind=told_by(tags, jaeger.KIND).map(jaeger.kind_of),
        scope=told_by(tags, jaeger.SCOPE).map(jaeger.scope_of),
        remote_parent=same(None, len(spans)),
        error=told_by(tags, jaeger.ERROR).map(jaeger.is_error),
        status_message=told_by(tags, jaeger.STATUS_MESSAGE).map(jaeger.status_message_of),
        weight=_weights(tags, of_trace),
        service=process.map(lambda text: _process(text)[0]),
        remote=same(NOBODY, len(spans)),
        attributes=tags,
        events=_events(logs, log_begins),
        links=links,
    )


def _is_tag(kind: Column, value: Column) -> Column:
    """Raises Undecoded where a value is no text, number or boolean: such a pair is none, but hides one of its key."""
    if not pc.all(pc.match_substring_regex(pc.fill_null(value, "null"), _SCALAR)).as_py():
        raise Undecoded
    return pc.not_equal(pc.fill_null(kind, ""), '"binary"')


_TAG = PairForm(_is_tag, lambda value: value, _SMALL, ('"', '"'))


def _events(logs: Column, log_begins: Ints) -> Events | None:
    if len(logs) == 0:
        return None
    fields = owned(pc.struct_field(logs, "fields"), _TAG)
    return Events(log_begins, told_by(fields, ("event",)).map(jaeger.event_name), fields)


def _weights(tags: Owned, of_trace: Ints) -> Coded[float | None]:
    """What the sampler says on one span of a trace holds for all of it; else what the span itself says."""
    own = told_by(tags, jaeger.TRACE_STATE).map(lambda said: weight_of(jaeger.trace_state_of(said)))
    sampled = told_by(tags, jaeger.SAMPLER)
    says = np.array([jaeger.is_sampled(said) for said in sampled.things], np.bool_)[sampled.codes]
    if not says.any():
        return own
    rows = np.flatnonzero(says)
    traces, first = np.unique(of_trace[rows], return_index=True)
    weights: list[float | None] = [jaeger.weight_of_sampler(sampled[int(row)]) for row in rows[first].tolist()]
    place = np.searchsorted(traces, of_trace).clip(max=len(traces) - 1)
    is_told = (traces[place] == of_trace) & np.array([weight is not None for weight in weights], np.bool_)[place]
    return Coded([*weights, *own.things], np.where(is_told, place, len(weights) + own.codes))


def _references(spans: Column, trace: Ids) -> tuple[Ids, dict[int, Links]]:
    """(parents, links): see `jaeger.references`."""
    references, of_span = items(pc.struct_field(spans, "references"))
    target = ids_of_leaves(pc.struct_field(references, "spanID"), 8, span_id)
    other = _or(ids_of_leaves(pc.struct_field(references, "traceID"), 16, trace_id), trace.take(of_span))
    kind = leaves(pc.struct_field(references, "refType"), str)
    is_within = (other.words == trace.words[of_span]).all(axis=1)
    parent = ids_of_leaves(pc.struct_field(spans, "parentSpanID"), 8, span_id)
    words, has_parent = parent.words.copy(), parent.there.copy()
    for wanted in jaeger.PARENTS:
        of_kind: Flags = np.array([*(each == wanted for each in kind.things), False], np.bool_)[kind.codes]
        found = np.flatnonzero(of_kind & target.there & is_within & ~has_parent[of_span])
        rows, first = np.unique(of_span[found], return_index=True)
        words[rows], has_parent[rows] = target.words[found[first]], True
    is_parent = is_within & has_parent[of_span] & (target.words == words[of_span]).all(axis=1)
    links: dict[int, Links] = {}
    for place in np.flatnonzero(target.there & ~is_parent).tolist():
        link = trace_text(*other.words[place].tolist()), span_text(int(target.words[place, 0]))
        links[int(of_span[place])] = (*links.get(int(of_span[place]), ()), link)
    return Ids(words, has_parent), links


def _processes(traces: Column, spans: Column, of_trace: Ints) -> Coded[str]:
    """For each span the text of its process; `null` where its trace has none of that name."""
    entry, of_entry = items(entries(pc.struct_field(traces, "processes")))
    names = pc.struct_field(entry, "key").dictionary_encode()
    texts = pc.fill_null(pc.struct_field(entry, "value"), _NO_PROCESS).dictionary_encode()
    wanted = leaves(pc.struct_field(spans, "processID"), lambda name: text_of(name) or "")
    places = {name: place for place, name in enumerate(names.dictionary.to_pylist())}
    width = len(places) + 1
    own = np.array([places.get(name, len(places)) for name in wanted.things] or [0], np.int64)[wanted.codes]
    keys = of_entry * width + names.indices.to_numpy(zero_copy_only=False)
    order = np.argsort(keys)
    at = np.searchsorted(keys, of_trace * width + own, sorter=order).clip(max=max(len(keys) - 1, 0))
    things = [*texts.dictionary.to_pylist(), _NO_PROCESS]
    if len(keys) == 0:
        return same(_NO_PROCESS, len(of_trace))
    found = order[at]
    codes = texts.indices.to_numpy(zero_copy_only=False).astype(np.int64)[found]
    return Coded(things, np.where(keys[found] == of_trace * width + own, codes, len(things) - 1))


@lru_cache(ENTRIES)
def _process(text: str) -> tuple[str | None, Attributes]:
    return jaeger.read_process(parsed([text])[0])


def _or(ids: Ids, others: Ids) -> Ids:
    here: Flags = ids.there[:, None]
    return Ids(np.where(here, ids.words, others.words), ids.there | others.there)
