"""The effects of a batch's attributes: which count, what lies around them, and a number for the effect of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from auditor.telemetry import semconv
from auditor.telemetry.columns import Flags, Ints, pc
from auditor.telemetry.database import system_of
from auditor.telemetry.effects import (
    DATABASE,
    SMALL,
    Around,
    counts_for_nothing,
    effect_of,
    names_a_host,
    present_or_blank,
    route_is_personal,
    small_numbers_count_for_nothing,
    without_short_numbers,
)
from auditor.telemetry.leaks import PERSONAL
from auditor.telemetry.otlp_arrow import Attributes
from auditor.telemetry.otlp_values import Values
from auditor.telemetry.redact import is_public_address
from auditor.telemetry.signatures import Interned

Found = TypeVar("Found")
_NOTHING_AROUND = Around()
_IS_SERVER, _NEEDS_SOCKET, _NEEDS_PATH = 1, 2, 4
_CALLERS = frozenset(semconv.CALLER_ADDRESS)
_SOCKET = frozenset(semconv.PEER_SOCKET + semconv.PEER_SOCKET_PORT)


class Pairs:
    """The key-value pairs of a batch that may have an effect. `owners` are ascending; of equal keys only the last."""

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
        width, contexts = len(arounds), [known.number(around) for around in arounds]
        packed = (self.keys * self.values.count + self.values.codes) * width + around
        distinct, inverse = np.unique(packed, return_inverse=True)
        found = np.zeros(len(distinct), np.int64)
        for place, each in enumerate(distinct.tolist()):
            rest, context = divmod(each, width)
            key, code = divmod(rest, self.values.count)
            kept = self.values.kept(code)
            question = (self.names[key], kept, contexts[context])
            number = known.recall(question)
            if number is None:
                value, around_it = self.values.value(code), arounds[context]
                number = known.number(effect_of(self.names[key], value, kept, around_it))
                known.remember(question, number)
            found[place] = number
        return found[inverse]


class SpanPairs(Pairs):
    """The pairs of spans, with what lies around them: `kinds` are names of kinds, `templates` tell of routes."""

    def __init__(self, attributes: Attributes, kinds: npt.NDArray[np.str_], personal_name: Flags) -> None:
        super().__init__(attributes)
        count = len(kinds)
        served = np.isin(kinds, ("server", "consumer"))
        needs_path = personal_name | self._any(semconv.HTTP_ROUTE, route_is_personal, count)
        bits = np.zeros(len(self.keys), np.int64)
        urls = self.of_keys(semconv.URLS)
        bits[urls] |= np.where(needs_path[self.owners[urls]], _NEEDS_PATH, 0)
        self.values.replace(urls[bits[urls] == 0], without_short_numbers)
        speaks_of_db = np.zeros(count, np.bool_)
        speaks_of_db[self.owners[self.flags(lambda key: key.startswith(DATABASE))[self.keys]]] = True
        calls = np.isin(kinds, ("client", "producer")) | (~served & speaks_of_db)
        needs_socket = calls & ~self._named_by(semconv.PEER_HOST, count) & ~self._named_by(semconv.URL_FULL, count)
        sockets = self.of_keys(_SOCKET)
        bits[sockets] |= np.where(needs_socket[self.owners[sockets]], _NEEDS_SOCKET, 0)
        callers = self.of_keys(_CALLERS)
        public = callers[kinds[self.owners[callers]] == "server"]
        public = public[self._passing(public, is_public_address, True)]
        bits[public] |= _IS_SERVER
        self.values.codes[callers[bits[callers] == 0]] = 0  # nobody asks for them: all are alike
        ports = self.of_keys(semconv.PEER_SOCKET_PORT)
        ports = ports[bits[ports] == 0]
        self.values.codes[ports[self.values.small_numbers(ports)]] = 0
        personal = self.of_keys(PERSONAL)
        self.values.replace(personal, present_or_blank)
        texts = self.of_keys(semconv.DB_TEXT)
        names, places = self._systems(count)
        bits[texts] += 8 * np.where(served[self.owners[texts]], 0, places[self.owners[texts]])
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

    def _systems(self, count: int) -> tuple[list[str | None], Ints]:
        """(names of database systems, for each span the place of its own); None, the first, where nothing tells."""
        keys = [key for key in (*semconv.DB_SYSTEM, "cassandra.query") if key in self.names]
        columns = np.full((len(keys), count), -1, np.int64)
        packed = np.zeros(count, np.int64)
        for column, key in zip(columns, keys, strict=True):
            own = self.of_keys((key,))
            distinct, inverse = np.unique(self.values.codes[own], return_inverse=True)
            column[self.owners[own]] = self.values.codes[own]
            ranks = np.zeros(count, np.int64)
            ranks[self.owners[own]] = inverse + 1
            packed = np.unique(packed * (len(distinct) + 1) + ranks, return_inverse=True)[1]
        _, first, which = np.unique(packed, return_index=True, return_inverse=True)
        told = [
            system_of({key: self.values.value(code) for key, code in zip(keys, codes, strict=True) if code >= 0})
            for codes in columns[:, first].T.tolist()
        ]
        names: list[str | None] = list(dict.fromkeys([None, *told]))
        return names, np.array([names.index(name) for name in told], np.int64)[which]


def _small_numbers(attributes: Attributes) -> Flags:
    value = attributes.value
    integer, double = pc.struct_field(value, "int_value"), pc.struct_field(value, "double_value")
    is_small = pc.and_(pc.less(integer, SMALL), pc.greater(integer, -SMALL)).fill_null(False)
    is_small = pc.or_(is_small, pc.struct_field(value, "bool_value").is_valid())
    # not <: no comparison holds of NaN
    large = pc.or_(pc.greater_equal(double, float(SMALL)), pc.less_equal(double, -float(SMALL)))
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
