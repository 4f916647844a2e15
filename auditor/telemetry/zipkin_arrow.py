"""Zipkin v2 JSON to flat columns. A half that came in one piece stays in columns; ids and parents are settled last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from auditor.telemetry import zipkin
from auditor.telemetry.columns import Column, Flags, Ints, pc
from auditor.telemetry.flat import Coded, Events, Flat, Ids, Owned, Remote, Undecoded, same
from auditor.telemetry.ids import span_number, texts_of
from auditor.telemetry.json_columns import (
    LEAF,
    MAP,
    Shape,
    begins,
    completed,
    entries,
    frames,
    items,
    leaves,
    nulls,
    parsed,
    plain_texts,
    transform,
)
from auditor.telemetry.otlp_ids import ids_of_leaves
from auditor.telemetry.raw import Value
from auditor.telemetry.told import told_by
from auditor.telemetry.values import MAX_TIME, int_of, span_id, time_ns, trace_id
from auditor.telemetry.zipkin_halves import Half, Settled

_LEAVES = "traceId id parentId name kind timestamp duration localEndpoint remoteEndpoint"
_SPAN: Shape = dict.fromkeys(_LEAVES.split(), LEAF) | {"tags": MAP, "annotations": [{"value": LEAF}]}
_MICROSECOND = 1000
_LATEST = MAX_TIME // 2 // _MICROSECOND


@dataclass(frozen=True, slots=True)
class Piece:
    """A row of a batch as a piece of a half."""

    batch: Batch
    row: int

    @property
    def tags(self) -> dict[str, Value]:
        return self.batch.flat.attributes.of(self.row)

    @property
    def annotations(self) -> list[str]:
        events = self.batch.flat.events
        if events is None:
            return []
        places = range(int(events.begins[self.row]), int(events.begins[self.row + 1]))
        return [events.name[place] for place in places if events.name[place]]

    @property
    def remote(self) -> dict[str, Value]:
        return self.batch.remote[self.row]


@dataclass(frozen=True, slots=True)
class Batch:
    """Spans as they came: `flat` lacks what only a whole file tells of them."""

    flat: Flat
    remote: Coded[dict[str, Value]]
    halves: list[Half]


def decode(documents: Sequence[bytes]) -> Batch:
    """The spans of documents, all lists or all single spans. Raises Undecoded with those written in another way."""
    spans, record = _spans(documents)
    trace = ids_of_leaves(pc.struct_field(spans, "traceId"), 16, trace_id)
    own = ids_of_leaves(pc.struct_field(spans, "id"), 8, span_id)
    parent = ids_of_leaves(pc.struct_field(spans, "parentId"), 8, span_id)
    odd = record[~(trace.there & own.there)].tolist()
    if odd:
        raise Undecoded(odd)
    tags = _tags(pc.struct_field(spans, "tags"))
    if len(without := nulls(pc.struct_field(spans, "tags"))):
        _check_without_tags(documents, without)
    remote = leaves(pc.struct_field(spans, "remoteEndpoint"), lambda side: side if isinstance(side, dict) else {})
    service = leaves(pc.struct_field(spans, "localEndpoint"), zipkin.service_of)
    name = leaves(pc.struct_field(spans, "name"), zipkin.name_of)
    kind = leaves(pc.struct_field(spans, "kind"), zipkin.kind_of)
    unknown = np.zeros(len(spans), np.int64)
    flat = Flat(
        record=record,
        trace=trace,
        own=own,
        parent=parent,
        start_ns=unknown,
        end_ns=unknown,
        resource=same(None, len(spans)),
        read_resource=lambda _: {},
        name=name,
        kind=kind.map(lambda kind: kind or "unspecified"),
        scope=same(None, len(spans)),
        remote_parent=same(None, len(spans)),
        error=told_by(tags, ("error",)).map(zipkin.is_error),
        status_message=same("", len(spans)),
        weight=same(None, len(spans)),
        service=service,
        remote=remote.map(lambda side: Remote(*zipkin.other_side(side))),
        attributes=tags,
        events=_events(pc.struct_field(spans, "annotations")),
        links={},
    )
    batch = Batch(flat, remote, [])
    batch.halves.extend(_halves(batch, kind, spans))
    return batch


def placed(found: Iterable[Settled], batches: Sequence[Batch]) -> Iterator[Flat]:
    """The spans in `found`, at their places. All are of one piece, from one of the batches."""
    own: dict[int, list[tuple[int, Settled]]] = {id(batch): [] for batch in batches}
    for each in found:
        piece = each.half.pieces[0]
        assert isinstance(piece, Piece)
        own[id(piece.batch)].append((piece.row, each))
    for batch in batches:
        rows = own[id(batch)]
        places = np.array([row for row, _ in rows], np.int64)
        starts = [time_ns(each.start_us, _MICROSECOND) for _, each in rows]
        durations = [time_ns(each.half.duration_us, _MICROSECOND) for _, each in rows]
        kinds = list(dict.fromkeys(each.kind for _, each in rows))
        yield replace(
            batch.flat.take(places),
            own=_ids(each.half.new_id for _, each in rows),
            parent=_ids(each.parent for _, each in rows),
            start_ns=np.array(starts, np.int64),
            end_ns=np.array(starts, np.int64) + np.array(durations, np.int64),
            kind=Coded(kinds, np.array([kinds.index(each.kind) for _, each in rows], np.int64)),
        )


def _spans(documents: Sequence[bytes]) -> tuple[Column, Ints]:
    """(spans, for each the place of its document)."""
    depths = {_depth(document) for document in documents}
    if len(depths) > 1:
        raise Undecoded(place for place, document in enumerate(documents) if _depth(document) != _depth(documents[0]))
    depth = depths.pop()
    shape: Shape = _SPAN
    for _ in range(depth):
        shape = [shape]
    column = frames(documents, shape)
    record = np.arange(len(documents))
    for _ in range(depth):
        if len(odd := nulls(column)):
            raise Undecoded(record[odd].tolist())
        column, of_list = items(column)
        record = record[of_list]
    return column, record


def _depth(document: bytes) -> int:
    """How many lists a document seems to begin with, up to two."""
    head = document[:64].lstrip()
    return 0 if head[:1] != b"[" else 1 + (head[1:].lstrip()[:1] == b"[")


class _TagPairs:
    """The distinct tags of a batch (see `flat.Pairs`). Raises Undecoded when one is no strict JSON."""

    def __init__(self, names: Column, keys: Ints, texts: Column) -> None:
        self.names: list[str] = names.to_pylist()
        self.keys = keys
        self._texts = texts
        found = plain_texts(texts, '"', '"')
        self._values = completed(found, found.is_null().to_numpy(zero_copy_only=False), self.values)

    def small(self) -> Flags:
        """None: Zipkin's values are texts."""
        return np.zeros(len(self.keys), np.bool_)

    def texts(self) -> Column:
        """The values that are texts."""
        return self._values

    def values(self, pairs: Ints) -> list[Value]:
        """The values of these pairs."""
        return list(map(zipkin.tag_value, parsed(self._texts.take(pairs).to_pylist())))


def _tags(maps: Column) -> Owned:
    tags = entries(maps)
    entry = pc.list_flatten(tags)
    names = pc.struct_field(entry, "key").dictionary_encode()
    texts = pc.fill_null(pc.struct_field(entry, "value"), "null").dictionary_encode()
    width = max(len(texts.dictionary), 1)
    packed = names.indices.to_numpy(zero_copy_only=False).astype(np.int64) * width
    packed += texts.indices.to_numpy(zero_copy_only=False)
    encoded = pa.array(packed).dictionary_encode()
    distinct = encoded.dictionary.to_numpy(zero_copy_only=False)
    pairs = _TagPairs(names.dictionary, distinct // width, texts.dictionary.take(pa.array(distinct % width)))
    return Owned(begins(tags), encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), pairs)


def _check_without_tags(documents: Sequence[bytes], without: Ints) -> None:
    """Raises Undecoded when tags are not there only because one of them is there twice."""
    depth = _depth(documents[0])
    shape: Shape = {"tags": LEAF}
    for _ in range(depth):
        shape = [shape]
    column = transform(pa.array(documents, pa.string()), shape)
    for _ in range(depth):
        column = pc.list_flatten(column)
    if pc.any(pc.starts_with(pc.struct_field(column, "tags").take(pa.array(without)), "{")).as_py():
        raise Undecoded


def _events(lists: Column) -> Events | None:
    notes = pc.list_flatten(lists)
    if len(notes) == 0:
        return None
    return Events(begins(lists), leaves(pc.struct_field(notes, "value"), zipkin.tag_value), None)


def _halves(batch: Batch, kind: Coded[str | None], spans: Column) -> Iterator[Half]:
    flat = batch.flat
    starts = leaves(pc.struct_field(spans, "timestamp"), int_of)
    durations = leaves(pc.struct_field(spans, "duration"), int_of)
    if any((number or 0) > _LATEST for number in (*starts.things, *durations.things)):
        raise Undecoded  # the sum of the two may not fit
    parents = zip(texts_of(flat.parent.words), flat.parent.there.tolist(), strict=True)
    yield from map(
        Half,
        texts_of(flat.trace.words),
        texts_of(flat.own.words),
        [parent if is_there else None for parent, is_there in parents],
        flat.service.to_list(),
        kind.to_list(),
        flat.name.to_list(),
        starts.to_list(),
        durations.to_list(),
        ([Piece(batch, row)] for row in range(len(flat))),
    )


def _ids(texts: Iterable[str | None]) -> Ids:
    numbers = [0 if text is None else span_number(text) for text in texts]
    words = np.array(numbers, np.uint64).view(np.int64).reshape(-1, 1)
    return Ids(words, np.asarray(words.any(axis=1)))
