"""The effects of a batch's attributes: which count at all, what lies around them, and a number for the effect of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from auditor.telemetry import semconv
from auditor.telemetry.database import system_of
from auditor.telemetry.effects import (
    DATABASE,
    Around,
    counts_for_nothing,
    effect_of,
    names_a_host,
    route_is_personal,
    small_numbers_count_for_nothing,
)
from auditor.telemetry.otlp_arrow import Attributes, Ints
from auditor.telemetry.otlp_values import Values
from auditor.telemetry.signatures import Interned

Flags = npt.NDArray[np.bool_]
Found = TypeVar("Found")
_SMALL = 10**9
_NOTHING_AROUND = Around()
_IS_SERVER, _NEEDS_SOCKET, _NEEDS_PATH = 1, 2, 4
_CALLERS = frozenset(semconv.CALLER_ADDRESS)
_SOCKET = frozenset(semconv.PEER_SOCKET + semconv.PEER_SOCKET_PORT)


class Pairs:
    """The key-value pairs of a batch that may have an effect: `owners` are ascending; of equal keys the last is here."""

    def __init__(self, attributes: Attributes) -> None:
        owners = np.repeat(np.arange(len(attributes.begins) - 1), np.diff(attributes.begins))
        self.names: list[str] = attributes.keys.dictionary.to_pylist()
        keys = attributes.keys.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        there = ~self.flags(counts_for_nothing)[keys]
        small = self.flags(small_numbers_count_for_nothing)[keys]
        there &= ~(small & _small_numbers(attributes))
        last = _last_of_equal(owners, keys, len(self.names))
        there = there if last is None else there & last
        kept = np.flatnonzero(there)
        self.owners, self.keys = owners[kept], keys[kept]
        self.values = Values(attributes.value.take(kept))

    def flags(self, test: Callable[[str], bool]) -> Flags:
        """For each key whether it passes."""
        return np.fromiter(map(test, self.names), np.bool_, len(self.names))

    def of_keys(self, names: Iterable[str]) -> Ints:
        """The indices of pairs with one of these keys."""
        return np.flatnonzero(self.flags(frozenset(names).__contains__)[self.keys])

    def numbers(self, known: Interned, around: Ints, arounds: list[Around]) -> Ints:
        """A number for the effect of each pair, 0 for none; `around` is an index of `arounds` for each."""
        width = len(arounds)
        packed = (self.keys * self.values.count + self.values.codes) * width + around
        distinct, inverse = np.unique(packed, return_inverse=True)
        found = np.zeros(len(distinct), np.int64)
        for place, each in enumerate(distinct.tolist()):
            rest, context = divmod(each, width)
            key, code = divmod(rest, self.values.count)
            found[place] = self._number(known, self.names[key], code, arounds[context])
        return found[inverse]

    def _number(self, known: Interned, key: str, code: int, around: Around) -> int:
        kept = self.values.kept(code)
        return known.remembered((key, kept, around), lambda: effect_of(key, self.values.value(code), kept, around))


class SpanPairs(Pairs):
    """The pairs of spans, with what lies around them: `kinds` are names of kinds, `templates` tell of routes."""

    def __init__(self, attributes: Attributes, kinds: npt.NDArray[np.str_], personal_name: Flags) -> None:
        super().__init__(attributes)
        count = len(kinds)
        served = np.isin(kinds, ("server", "consumer"))
        speaks_of_db = np.zeros(count, np.bool_)
        speaks_of_db[self.owners[self.flags(lambda key: key.startswith(DATABASE))[self.keys]]] = True
        calls = np.isin(kinds, ("client", "producer")) | (~served & speaks_of_db)
        needs_socket = calls & ~self._named_by(semconv.PEER_HOST, count) & ~self._named_by(semconv.URL_FULL, count)
        needs_path = personal_name | self._any(semconv.HTTP_ROUTE, route_is_personal, count)
        bits = np.zeros(len(self.keys), np.int64)
        own = self.flags(_CALLERS.__contains__)[self.keys]
        bits[own] |= np.where(kinds[self.owners[own]] == "server", _IS_SERVER, 0)
        own = self.flags(_SOCKET.__contains__)[self.keys]
        bits[own] |= np.where(needs_socket[self.owners[own]], _NEEDS_SOCKET, 0)
        own = self.flags(frozenset(semconv.URLS).__contains__)[self.keys]
        bits[own] |= np.where(needs_path[self.owners[own]], _NEEDS_PATH, 0)
        systems = self._systems(served)
        texts = self.of_keys(semconv.DB_TEXT)
        names = list(dict.fromkeys([None, *(systems.get(owner) for owner in self.owners[texts].tolist())]))
        place = {name: index for index, name in enumerate(names)}
        bits[texts] += 8 * np.fromiter(
            (place[systems.get(owner)] for owner in self.owners[texts].tolist()), np.int64, len(texts)
        )
        self.around = bits
        self.arounds = [
            Around(name, bool(b & _IS_SERVER), bool(b & _NEEDS_SOCKET), bool(b & _NEEDS_PATH))
            for name in names
            for b in range(8)
        ]

    def _any(self, keys: semconv.Keys, test: Callable[[str], bool], count: int) -> Flags:
        """The spans of which one of these attributes passes; what is no text does."""
        own = self.of_keys(keys)
        result = np.zeros(count, np.bool_)
        result[self.owners[own[self._passing(own, test, True)]]] = True
        return result

    def _named_by(self, keys: semconv.Keys, count: int) -> Flags:
        """The spans that have such attributes, each of which names a host."""
        own = self.of_keys(keys)
        passing = self._passing(own, lambda text: names_a_host(keys[0], text), False)
        result = np.zeros(count, np.bool_)
        result[self.owners[own]] = True
        result[self.owners[own[~passing]]] = False
        return result

    def _passing(self, own: Ints, test: Callable[[str], bool], otherwise: bool) -> Flags:
        codes, inverse = np.unique(self.values.codes[own], return_inverse=True)
        texts = [self.values.text(code) for code in codes.tolist()]
        passed = np.fromiter((otherwise if text is None else test(text) for text in texts), np.bool_, len(texts))
        return passed[inverse]

    def _systems(self, served: Flags) -> dict[int, str | None]:
        """The database's system of spans that tell of one, as `database.system_of` has it."""
        told: dict[int, dict[str, int]] = {}
        for index in self.of_keys((*semconv.DB_SYSTEM, "cassandra.query")).tolist():
            owner = int(self.owners[index])
            if not served[owner]:
                told.setdefault(owner, {})[self.names[self.keys[index]]] = int(self.values.codes[index])
        found: dict[tuple[tuple[str, int], ...], str | None] = {}
        result: dict[int, str | None] = {}
        for owner, codes in told.items():
            key = tuple(codes.items())
            if key not in found:
                found[key] = system_of({name: self.values.value(code) for name, code in key})
            result[owner] = found[key]
        return result


def _small_numbers(attributes: Attributes) -> Flags:
    value = attributes.value
    integer, double = pc.struct_field(value, "int_value"), pc.struct_field(value, "double_value")
    is_small = pc.and_(pc.less(integer, _SMALL), pc.greater(integer, -_SMALL)).fill_null(False)
    is_small = pc.or_(is_small, pc.struct_field(value, "bool_value").is_valid())
    # not <: no comparison holds of NaN
    large = pc.or_(pc.greater_equal(double, float(_SMALL)), pc.less_equal(double, -float(_SMALL)))
    is_small = pc.or_(is_small, pc.invert(large).fill_null(False))
    result: Flags = is_small.to_numpy(zero_copy_only=False)
    return result


def _last_of_equal(owners: Ints, keys: Ints, names: int) -> Flags | None:
    """Which pairs are the last of their owner and key; None when no owner has a key twice."""
    both = owners * names + keys
    if len(both) == 0 or np.bincount(both).max() == 1:
        return None
    _, last = np.unique(both[::-1], return_index=True)
    result = np.zeros(len(both), np.bool_)
    result[len(both) - 1 - last] = True
    return result
