"""Attributes of the Collector's table to key-value pairs: from a map of texts, or a JSON object as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np
import orjson
import pyarrow as pa

from auditor.telemetry import semconv
from auditor.telemetry.columns import Column, Flags, Ints, pc
from auditor.telemetry.effects import SMALL, small_numbers_count_for_nothing
from auditor.telemetry.flat import Coded, Owned, begins_of, texts_among
from auditor.telemetry.memory import ENTRIES
from auditor.telemetry.raw import Attributes, Value
from auditor.telemetry.signatures import Signatures
from auditor.telemetry.values import int_of

Fault = Callable[[str], None]
_MAX_DEPTH = 16
_SERVICE = "service.name"
_PORTS = frozenset(semconv.PEER_SOCKET_PORT)
_SHORT_NUMBER = "^[1-9][0-9]{0,5}$"
_BAD_JSON = "attributes that are no JSON object"


class TablePairs:
    """Distinct key-value pairs (see `flat.Pairs`)."""

    def __init__(self, names: Sequence[str], keys: Ints, contents: Sequence[Value]) -> None:
        self.names, self.keys, self._contents = names, keys, contents

    def small(self) -> Flags:
        """Which values are, for sure, small numbers."""
        small = (isinstance(value, (int, float)) and abs(value) < SMALL for value in self._contents)
        return np.fromiter(small, np.bool_, len(self._contents))

    def texts(self) -> Column:
        """The values that are texts."""
        return texts_among(self._contents)

    def values(self, pairs: Ints) -> list[Value]:
        """The values of these pairs."""
        return [self._contents[pair] for pair in pairs.tolist()]


def texts_of(column: Column) -> Column:
    """Texts, empty where there are none; bytes that are no UTF-8 are replaced. Raises pyarrow.ArrowException."""
    if pa.types.is_dictionary(column.type):
        column = _checked(column).dictionary_decode()
    if not _is_text(column.type):
        return column.cast(pa.string()).fill_null("")
    raw = column.cast(pa.binary())
    try:
        return raw.cast(pa.string()).fill_null("")
    except pa.ArrowInvalid:
        return pa.array(((text or b"").decode("utf-8", "replace") for text in raw.to_pylist()), pa.string())


def items_of(lists: Column) -> Column:
    """The items of all lists. Raises pyarrow.ArrowTypeError for a column that has no lists."""
    if not (pa.types.is_list(lists.type) or pa.types.is_large_list(lists.type)):
        raise pa.ArrowTypeError("a column of lists is expected")
    return lists.flatten()


def list_begins(lists: Column) -> Ints:
    """Where the items of each list begin among all items, and where the last ends."""
    return begins_of(pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False))


def pairs_of(column: Column, fault: Fault) -> Owned:
    """The attributes of each row. A row that says something else has none, and is told to `fault`."""
    kind = column.type
    if pa.types.is_map(kind):
        column = column.cast(pa.list_(pa.struct([("key", kind.key_type), ("value", kind.item_type)])))
    elif pa.types.is_null(kind) or _is_text(kind) or pa.types.is_dictionary(kind):
        return _of_json(texts_of(column).to_pylist(), fault)
    items = items_of(column)
    keys, key_codes = encoded(pc.struct_field(items, "key"))
    texts, text_codes = encoded(pc.struct_field(items, "value"))
    names: list[str] = keys.to_pylist()
    width = max(len(texts), 1)
    both = key_codes * width + _alike(names, key_codes, texts, text_codes)
    distinct = pa.array(both).dictionary_encode()
    which, places = np.divmod(distinct.dictionary.to_numpy(), width)
    contents: list[Value] = texts.take(pa.array(places)).to_pylist()
    for place in np.flatnonzero(np.isin(which, [names.index(name) for name in _PORTS & set(names)])).tolist():
        contents[place] = int_of(contents[place])  # as they were sent
    pairs = TablePairs(names, which, contents)
    return Owned(list_begins(column), distinct.indices.to_numpy().astype(np.int64), pairs)


def encoded(column: Column) -> tuple[Column, Ints]:
    """(distinct texts, for each row the place of its own among them). Raises pyarrow.ArrowException."""
    if pa.types.is_dictionary(column.type) and not column.null_count:
        indices = _checked(column).indices.to_numpy()
        used = np.zeros(len(column.dictionary), np.bool_)
        used[indices] = True
        distinct = texts_of(column.dictionary.filter(pa.array(used))).dictionary_encode()
        places = np.zeros(len(used), np.int64)
        places[used] = distinct.indices.to_numpy()
        return distinct.dictionary, places[indices]
    whole = texts_of(column).dictionary_encode()
    return whole.dictionary, whole.indices.to_numpy().astype(np.int64)


def resources_of(owned: Owned, services: Column) -> Coded[bytes]:
    """The resource of each row, encoded: see `read_resource`. One that names no service is given that in `services`."""
    names, codes = encoded(services)
    signatures = Signatures(len(services))
    signatures.add_many(0, np.arange(1, len(owned.pairs.keys) + 1), owned.codes, owned.begins)
    signatures.add(1, np.arange(1, len(names) + 1), codes)
    _, first, which = signatures.distinct()
    resources = []
    for row in first.tolist():
        attributes = owned.of(row)
        if not attributes.get(_SERVICE):
            attributes[_SERVICE] = names[codes[row]].as_py()
        resources.append(orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS))
    return Coded(resources, which)


@lru_cache(ENTRIES)
def read_resource(encoded: bytes) -> Attributes:
    """The attributes of a resource."""
    attributes: Attributes = orjson.loads(encoded)
    return attributes


def _checked(column: Column) -> Column:
    """A dictionary whose indices lie in it: neither Parquet's reader nor Arrow looks. Raises pyarrow.ArrowInvalid."""
    ends = pc.min_max(column.indices).as_py()
    if ends["min"] is not None and not 0 <= ends["min"] <= ends["max"] < len(column.dictionary):
        raise pa.ArrowInvalid("an index that is not in its dictionary")
    return column


def _alike(names: Sequence[str], keys: Ints, texts: Column, codes: Ints) -> Ints:
    """The codes of texts, one for all short numbers under a key whose numbers show nothing: they came as numbers."""
    short = pc.match_substring_regex(texts, _SHORT_NUMBER).to_numpy(zero_copy_only=False)
    if not short.any():
        return codes
    idle = np.fromiter(map(small_numbers_count_for_nothing, names), np.bool_, len(names))
    return np.where(idle[keys] & short[codes], np.flatnonzero(short)[0], codes)


def _is_text(kind: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(test(kind) for test in tests)


def _of_json(texts: Sequence[str], fault: Fault) -> Owned:
    names: dict[str, int] = {}
    keys: list[int] = []
    contents: list[Value] = []
    known: dict[tuple[str, str], int] = {}
    codes: list[int] = []
    lengths: list[int] = []
    for text in texts:
        before = len(codes)
        for key, value in _object(text, fault):
            pair = known.setdefault((key, repr(value)), len(known))  # 1, 1.0, "1" and True are four values
            codes.append(pair)
            if pair == len(keys):
                keys.append(names.setdefault(key, len(names)))
                contents.append(value)
        lengths.append(len(codes) - before)
    pairs = TablePairs(list(names), np.array(keys, np.int64), contents)
    return Owned(begins_of(np.array(lengths, np.int64)), np.array(codes, np.int64), pairs)


def _object(text: str, fault: Fault) -> Iterator[tuple[str, Value]]:
    if not text:
        return iter(())
    try:
        found = orjson.loads(text)
    except (orjson.JSONDecodeError, RecursionError):
        found = None
    if isinstance(found, dict):
        return _flattened(found, "", 0)
    fault(_BAD_JSON)
    return iter(())


def _flattened(tree: dict[str, Value], prefix: str, depth: int) -> Iterator[tuple[str, Value]]:
    """ClickHouse reads the dots of a key as levels, and writes them so."""
    for name, value in tree.items():
        if isinstance(value, dict) and depth < _MAX_DEPTH:
            yield from _flattened(value, f"{prefix}{name}.", depth + 1)
        elif value is not None:
            yield prefix + name, value
