"""JSON texts to columns, by DuckDB: the frame of a document becomes structs and lists, every leaf stays JSON text.

So nothing depends on how an exporter writes a leaf (`"12"` or `12`): the few distinct ones are parsed in Python, by the
same functions that read span by span. Where the frame is not as expected there are nulls, for which a decoder must
look. Of a field written twice in one object of the frame the first counts.
"""

from __future__ import annotations

import atexit
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import duckdb
import numpy as np
import orjson
import pyarrow as pa

from auditor.telemetry.columns import Column, Flags, Ints, matches, pc
from auditor.telemetry.flat import Coded, Owned, Undecoded, begins_of, coded, texts_among
from auditor.telemetry.raw import Value
from auditor.telemetry.values import time_ns

Thing = TypeVar("Thing")
Shape: TypeAlias = str | list["Shape"] | Mapping[str, "Shape"]
LEAF, MAP = "JSON", "MAP(VARCHAR, JSON)"  # a map that has a key twice is null
_SETTINGS: Mapping[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_idle: list[duckdb.DuckDBPyConnection] = []  # as many as there ever were threads at work at once
atexit.register(_idle.clear)


def transform(texts: Column, shape: Shape) -> Any:
    """Texts of JSON documents as nested columns. Raises Undecoded, without a word of the input, if one is no JSON."""
    query = f"SELECT from_json(text, '{orjson.dumps(shape).decode()}') FROM documents"  # noqa: S608 (a constant)
    try:
        with _asked(texts) as connection:
            return connection.sql(query).to_arrow_table().column(0).combine_chunks()
    except duckdb.Error:
        raise Undecoded from None


def frames(documents: Sequence[bytes], shape: Shape) -> Any:
    """Documents as nested columns. Raises Undecoded with those that are no JSON."""
    try:
        return transform(pa.array(documents, pa.string()), shape)
    except (Undecoded, pa.ArrowInvalid, UnicodeDecodeError):
        odd = [place for place, document in enumerate(documents) if not is_json(document)]
        raise Undecoded(odd or None) from None


def is_json(document: bytes) -> bool:
    """Whether bytes are one JSON object or list, as DuckDB reads JSON (which allows a comma behind the last item)."""
    if document.lstrip()[:1] not in (b"{", b"["):
        return False
    try:
        return _valid(pa.array([document], pa.string())) == [True]
    except (pa.ArrowInvalid, UnicodeDecodeError):
        return False


def parsed(texts: Sequence[str | None]) -> list[Any]:
    """Leaves as Python has them; None for those that are not there. Raises Undecoded when one is no strict JSON."""
    try:
        values: list[Any] = orjson.loads("[" + ",".join(text or "null" for text in texts) + "]")
    except (orjson.JSONDecodeError, RecursionError):
        raise Undecoded from None
    return values


def leaves(column: Column, read: Callable[[Any], Thing]) -> Coded[Thing]:
    """A column of leaves as what `read` makes of each distinct one; of None for those that are not there."""
    return coded(column, lambda texts: [read(value) for value in parsed(texts)])


def items(lists: Column) -> tuple[Any, Ints]:
    """The items of lists, and for each the index of its list."""
    return pc.list_flatten(lists), np.repeat(np.arange(len(lists)), np.diff(begins(lists)))


def entries(maps: Column) -> Any:
    """Maps as lists of `key` and `value`."""
    return maps.cast(pa.list_(pa.struct([("key", pa.string()), ("value", pa.string())])))


def begins(lists: Column) -> Ints:
    """Where the items of each list begin; a list that is not there has none."""
    return begins_of(pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False))


def nulls(column: Column) -> Ints:
    """The rows where nothing is, or something else than was expected."""
    return np.flatnonzero(column.is_null().to_numpy(zero_copy_only=False))


def there(column: Column, name: str) -> Ints:
    """The rows that have this field."""
    return np.flatnonzero(pc.struct_field(column, name).is_valid().to_numpy(zero_copy_only=False))


def times(column: Column, scale: int = 1) -> Ints:
    """Leaves that are times of `scale` nanoseconds each, as nanoseconds; see `values.time_ns`."""
    digits = pc.fill_null(pc.utf8_trim(column, '"'), "0")
    if pc.all(pc.and_(pc.ascii_is_decimal(digits), pc.less(pc.binary_length(digits), 20))).as_py():
        try:
            found: Ints = pc.multiply_checked(digits.cast(pa.int64()), scale).to_numpy(zero_copy_only=False)
            return found
        except pa.ArrowInvalid:  # some do not fit
            pass
    return np.array([time_ns(value, scale) for value in parsed(column.to_pylist())], np.int64)


@dataclass(frozen=True, slots=True)
class PairForm:
    """How a format writes a pair: an object with `key`, `value` and perhaps a `type`.

    `is_pair` says for which of the types and texts of values it is one; `read` makes a value of what is written there;
    `small` is a pattern of texts of values that are small numbers; `around` stands before and behind a text.
    """

    is_pair: Callable[[Column, Column], Column]
    read: Callable[[Any], Value]
    small: str
    around: tuple[str, str]


class JsonPairs:
    """The distinct pairs of a batch (see `flat.Pairs`)."""

    def __init__(self, pairs: Column, form: PairForm) -> None:
        found = transform(pairs, {"key": LEAF, "value": LEAF, "type": LEAF})
        keys = leaves(pc.struct_field(found, "key"), _text)
        self._texts = pc.struct_field(found, "value")
        self._form = form
        self.names = list(dict.fromkeys(key for key in keys.things if key is not None))
        places = {name: place for place, name in enumerate(self.names)}
        key = np.array([-1 if name is None else places[name] for name in keys.things] or [-1], np.int64)[keys.codes]
        is_pair = form.is_pair(pc.struct_field(found, "type"), self._texts).fill_null(False)
        self.keys: Ints = np.where(is_pair.to_numpy(zero_copy_only=False), key, -1)

    def small(self) -> Flags:
        """Which values are, for sure, small numbers."""
        found: Flags = (
            pc.match_substring_regex(self._texts, self._form.small).fill_null(False).to_numpy(zero_copy_only=False)
        )
        return found

    def texts(self) -> Column:
        """The values that are texts."""
        found = plain_texts(self._texts, *self._form.around)
        missing = found.is_null().to_numpy(zero_copy_only=False) & (self.keys >= 0) & ~self.small()
        return completed(found, missing, self.values)

    def values(self, pairs: Ints) -> list[Value]:
        """The values of these pairs."""
        return list(map(self._form.read, parsed(self._texts.take(pairs).to_pylist())))


def plain_texts(leaves: Column, before: str, after: str) -> Column:
    """What stands between these in leaves, where it is a text without escapes; null elsewhere."""
    is_plain = matches(leaves, rf"\A{re.escape(before)}[^\"\\\x00-\x1f]*{re.escape(after)}\z")
    return pc.if_else(pa.array(is_plain), pc.utf8_slice_codeunits(leaves, len(before), -len(after)), None)


def completed(texts: Column, missing: Flags, values: Callable[[Ints], list[Value]]) -> Column:
    """Texts, and where they are missing the values that are some."""
    return pc.replace_with_mask(texts, pa.array(missing), texts_among(values(np.flatnonzero(missing))))


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def owned(lists: Column, form: PairForm) -> Owned:
    """Lists of pairs of key and value."""
    encoded = pc.list_flatten(lists).dictionary_encode("encode")
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return Owned(begins(lists), codes, JsonPairs(encoded.dictionary, form))


@contextmanager
def _asked(texts: Column) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of the caller's own, which touches no file and no network, to ask about these `documents`."""
    connection = _idle.pop() if _idle else duckdb.connect(":memory:", config=dict(_SETTINGS))
    connection.register("documents", pa.table({"text": texts}))
    try:
        yield connection
    finally:
        connection.unregister("documents")
        _idle.append(connection)


def _valid(texts: Column) -> list[bool]:
    with _asked(texts) as connection:
        return [bool(valid) for (valid,) in connection.sql("SELECT json_valid(text) FROM documents").fetchall()]
