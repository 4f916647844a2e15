"""Attributes of the Collector's table to key-value pairs: from a map of texts, or a JSON object as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import orjson
import pyarrow as pa

from auditor.telemetry.columns import Column, Ints, pc
from auditor.telemetry.otlp_arrow import Attributes
from auditor.telemetry.otlp_values import Values
from auditor.telemetry.raw import Value
from auditor.telemetry.signatures import Signatures
from auditor.telemetry.values import MAX_TIME

Fault = Callable[[str], None]
Pair = tuple[str, Value]
_MAX_DEPTH = 16
_KEY, _VALUE = "key", "value"
_SERVICE = "service.name"
_KINDS: dict[str, pa.DataType] = {
    "string_value": pa.string(),
    "bool_value": pa.bool_(),
    "int_value": pa.int64(),
    "double_value": pa.float64(),
    "array_value": pa.binary(),
    "kvlist_value": pa.binary(),
    "bytes_value": pa.binary(),
}
_BAD_JSON = "attributes that are no JSON object"


def texts_of(column: Column) -> Column:
    """Texts, empty where there are none; bytes that are no UTF-8 are replaced. Raises pyarrow.ArrowException."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not _is_text(column.type):
        return column.cast(pa.string()).fill_null("")
    raw = column.cast(pa.binary())
    try:
        return raw.cast(pa.string()).fill_null("")
    except pa.ArrowInvalid:
        return pa.array(((text or b"").decode("utf-8", "replace") for text in raw.to_pylist()), pa.string())


def begins_of(lists: Column) -> Ints:
    """Where the items of each list begin among all items, and where the last ends."""
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)))


def items_of(lists: Column) -> Column:
    """The items of all lists. Raises pyarrow.ArrowTypeError for a column that has no lists."""
    if not (pa.types.is_list(lists.type) or pa.types.is_large_list(lists.type)):
        raise pa.ArrowTypeError("a column of lists is expected")
    return lists.flatten()


def pairs_of(column: Column, fault: Fault) -> Attributes:
    """The attributes of each row. A row that says something else has none, and is told to `fault`."""
    kind = column.type
    if pa.types.is_map(kind):
        column = column.cast(pa.list_(pa.struct([(_KEY, kind.key_type), (_VALUE, kind.item_type)])))
    elif pa.types.is_null(kind) or _is_text(kind) or pa.types.is_dictionary(kind):
        return _of_lists([_of_json(text, fault) for text in texts_of(column).to_pylist()])
    items = items_of(column)
    keys, texts = texts_of(pc.struct_field(items, _KEY)), texts_of(pc.struct_field(items, _VALUE))
    return Attributes(begins_of(column), keys.dictionary_encode(), _struct({"string_value": texts}, len(texts)))


def resources_of(attributes: Attributes, services: Column) -> tuple[Ints, Attributes]:
    """(for each row the index of its resource, the resources): each that is different once.

    A resource that does not name its service is given the name in `services`.
    """
    values = Values(attributes.value)
    owners = np.repeat(np.arange(len(services)), np.diff(attributes.begins))
    keys = attributes.keys.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    signatures = Signatures(len(services))
    signatures.add_many(0, keys * values.count + values.codes, owners)
    signatures.add(1, services.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64))
    _, first, which = signatures.distinct()
    names: list[str] = attributes.keys.dictionary.to_pylist()
    resources: list[list[Pair]] = []
    for row in first.tolist():
        begin, end = attributes.begins[row : row + 2].tolist()
        pairs = [(names[keys[place]], values.value(int(values.codes[place]))) for place in range(begin, end)]
        if not any(key == _SERVICE and value for key, value in pairs) and (service := services[row].as_py()):
            pairs.append((_SERVICE, service))
        resources.append(pairs)
    return which, _of_lists(resources)


def as_lists(attributes: Attributes) -> Column:
    """The pairs as OTLP has them: for each owner a list of key and value."""
    pairs = pa.StructArray.from_arrays([attributes.keys.dictionary_decode(), attributes.value], [_KEY, _VALUE])
    return list_of(attributes.begins, pairs)


def list_of(begins: Ints, items: Column) -> Column:
    """Items as lists. Raises pyarrow.ArrowInvalid when there are not as many."""
    if begins[-1] != len(items):
        raise pa.ArrowInvalid("nested columns of different lengths")
    offsets: Column = pa.array(begins.astype(np.int32))
    return pa.ListArray.from_arrays(offsets, items)


def _is_text(kind: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(test(kind) for test in tests)


def _of_json(text: str, fault: Fault) -> list[Pair]:
    if not text:
        return []
    try:
        found = orjson.loads(text)
    except (orjson.JSONDecodeError, RecursionError):
        found = None
    if isinstance(found, dict):
        return list(_flattened(found, "", 0))
    fault(_BAD_JSON)
    return []


def _flattened(tree: dict[str, Value], prefix: str, depth: int) -> Iterator[Pair]:
    """ClickHouse reads the dots of a key as levels, and writes them so."""
    for name, value in tree.items():
        if isinstance(value, dict) and depth < _MAX_DEPTH:
            yield from _flattened(value, f"{prefix}{name}.", depth + 1)
        elif value is not None:
            yield prefix + name, value


def _of_lists(lists: Sequence[Sequence[Pair]]) -> Attributes:
    lengths = np.fromiter(map(len, lists), np.int64, len(lists))
    begins = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
    pairs = [pair for each in lists for pair in each]
    columns: dict[str, list[Value]] = {}
    for place, (_, value) in enumerate(pairs):
        kind, stored = _typed(value)
        columns.setdefault(kind, [None] * len(pairs))[place] = stored
    keys = pa.array([key for key, _ in pairs], pa.string()).dictionary_encode()
    found = {kind: pa.array(column, _KINDS[kind]) for kind, column in columns.items()}
    return Attributes(begins, keys, _struct(found, len(pairs)))


def _typed(value: Value) -> tuple[str, Value]:
    """A value's field in AnyValue, and how it is kept there: lists as the Collector's map of texts has them."""
    if isinstance(value, str):
        return "string_value", value
    if isinstance(value, bool):
        return "bool_value", value
    if isinstance(value, int) and abs(value) <= MAX_TIME:
        return "int_value", value
    if isinstance(value, (int, float)):
        return "double_value", float(value)
    return "string_value", orjson.dumps(value).decode()


def _struct(columns: dict[str, Column], rows: int) -> Column:
    """AnyValue as a column."""
    arrays = [columns[kind] if kind in columns else pa.nulls(rows).cast(type_) for kind, type_ in _KINDS.items()]
    return pa.StructArray.from_arrays(arrays, list(_KINDS))
