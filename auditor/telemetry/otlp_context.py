"""The effects of a batch's attributes: which count, what lies around them, and a number for the effect of each.

Most pairs have the same effect wherever they stand, so each distinct one is looked at once. The few whose effect
depends on what lies around them are looked at once for each of the ways in which they stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pyarrow as pa

from auditor.telemetry import semconv
from auditor.telemetry.columns import Flags, Ints
from auditor.telemetry.database import system_of
from auditor.telemetry.effects import (
    DATABASE,
    SMALL,
    Around,
    counts_for_nothing,
    effect_of,
    names_a_host,
    route_is_personal,
    small_numbers_count_for_nothing,
    somebody_or_blank,
    without_short_numbers,
)
from auditor.telemetry.flat import Coded, Owned
from auditor.telemetry.leaks import PERSONAL
from auditor.telemetry.memory import LONGEST
from auditor.telemetry.raw import Value
from auditor.telemetry.redact import is_public_address
from auditor.telemetry.signatures import Interned

Added = tuple[Ints, Ints, Ints]  # numbers of effects, which of them, where those of each span begin
ALONE = Around()
_CALLERS = frozenset(semconv.CALLER_ADDRESS)
_PORTS = frozenset(semconv.PEER_SOCKET_PORT)
_SOCKETS = frozenset(semconv.PEER_SOCKET) | _PORTS
_URLS, _TEXTS = frozenset(semconv.URLS), frozenset(semconv.DB_TEXT)
_SYSTEMS = (*semconv.DB_SYSTEM, "cassandra.query")
_ROUTES, _HOSTS, _FULL = frozenset(semconv.HTTP_ROUTE), frozenset(semconv.PEER_HOST), frozenset(semconv.URL_FULL)
_DATABASE, _ROUTE, _HOST, _URL_FULL, _URL, _SOCKET, _CALLER, _TEXT, _SYSTEM = (1 << bit for bit in range(9))
_IS_SERVER, _NEEDS_SOCKET, _NEEDS_PATH = 1, 2, 4


def number_of(known: Interned, key: str, value: Value, around: Around) -> int:
    """A number for the effect of an attribute, 0 for none."""
    if counts_for_nothing(key) or (_is_small(value) and small_numbers_count_for_nothing(key)):
        return 0
    kept = value if isinstance(value, str) else (type(value), repr(value))
    question = (key, kept) if around is ALONE else (key, kept, around)
    number = known.recall(question)
    if number is None:
        number = known.number(effect_of(key, value, kept, around))
        if not isinstance(value, str) or len(value) <= LONGEST:
            known.remember(question, number)
    return number


class Effects:
    """The effects of pairs around which nothing lies."""

    def __init__(self, owned: Owned) -> None:
        self._pairs, self._begins = owned.pairs, owned.begins
        self.names, self.keys = list(owned.pairs.names), owned.pairs.keys
        self.codes = _last_of_equal(owned)
        self._nothing = len(self.keys)  # the code of what adds nothing
        useful = np.append(~self.flags(counts_for_nothing), np.False_)[self.keys]
        self.useful: Ints = np.flatnonzero(useful)
        self.values: list[Value] = [None] * len(self.keys)
        for pair, value in zip(self.useful.tolist(), self._pairs.values(self.useful), strict=True):
            self.values[pair] = value

    def flags(self, test: Callable[[str], bool]) -> Flags:
        """For each key whether it passes."""
        return np.fromiter(map(test, self.names), np.bool_, len(self.names))

    def numbers(self, known: Interned) -> Iterator[Added]:
        """Numbers for the effects of all pairs."""
        yield self._alone(known, self.useful), self.codes, self._begins

    def _alone(self, known: Interned, pairs: Ints) -> Ints:
        """For each distinct pair the number of its effect where nothing lies around it; 0 for those not asked for."""
        numbers = np.zeros(self._nothing + 1, np.int64)
        names, keys = self.names, self.keys[pairs].tolist()
        for pair, key in zip(pairs.tolist(), keys, strict=True):
            numbers[pair] = number_of(known, names[key], self.values[pair], ALONE)
        return numbers


class SpanEffects(Effects):
    """The effects of the attributes of spans; `personal_name` says whose name names something personal in a path."""

    def __init__(self, owned: Owned, kind: Coded[str], personal_name: Coded[bool]) -> None:
        super().__init__(owned)
        self._count = len(owned.begins) - 1
        self._kind, self._personal_name = kind, personal_name
        classes = np.array([*map(_classes_of, self.names), 0], np.int64)
        self._classes = np.append(classes[self.keys], 0)  # of each distinct pair
        self._special: Ints = np.flatnonzero(self._classes[self.codes])
        self._special_codes = self.codes[self._special]
        self._special_classes = self._classes[self._special_codes]
        self._owner = np.searchsorted(owned.begins, self._special, side="right") - 1

    def numbers(self, known: Interned) -> Iterator[Added]:
        served = self._is_kind("server", "consumer")
        needs_path = self._those(self._personal_name) | self._any(_ROUTE, route_is_personal)
        calls = self._is_kind("client", "producer") | (~served & self._has(_DATABASE))
        needs_socket = calls & ~self._named_by(_HOST) & ~self._named_by(_URL_FULL)
        systems, system = self._systems()
        # what lies around each of the special pairs
        owner, classes = self._owner, self._special_classes
        bits = np.where((classes & _URL != 0) & needs_path[owner], _NEEDS_PATH, 0)
        bits |= np.where((classes & _SOCKET != 0) & needs_socket[owner], _NEEDS_SOCKET, 0)
        callers = np.flatnonzero((classes & _CALLER != 0) & self._is_kind("server")[owner])
        bits[callers] |= np.where(self._passing(callers, is_public_address, True), _IS_SERVER, 0)
        bits |= 8 * np.where((classes & _TEXT != 0) & ~served[owner], system[owner], 0)
        there = np.flatnonzero(bits)
        arounds = [Around(name, bool(b & 1), bool(b & 2), bool(b & 4)) for name in systems for b in range(8)]
        yield self._within(known, there, bits[there], arounds)
        # and all others, which stand alone
        codes = self.codes.copy()
        codes[self._special[there]] = self._nothing
        self._let_stand_in()
        pairs = self.useful[self._classes[self.useful] & _CALLER == 0]  # nobody asks for callers: all are alike
        yield self._alone(known, pairs), codes, self._begins

    def _within(self, known: Interned, there: Ints, bits: Ints, arounds: list[Around]) -> Added:
        """The effects of these special pairs, each with what lies around it."""
        width = len(arounds)
        distinct, which = np.unique(self._special_codes[there] * width + bits, return_inverse=True)
        numbers = np.zeros(len(distinct), np.int64)
        for place, each in enumerate(distinct.tolist()):
            pair, around = divmod(each, width)
            numbers[place] = number_of(known, self.names[self.keys[pair]], self.values[pair], arounds[around])
        return numbers, which.reshape(-1), np.searchsorted(self._special[there], self._begins)

    def _let_stand_in(self) -> None:
        """Replace values by others that have the same effect where nothing lies around them."""
        urls = self.useful[self._classes[self.useful] & _URL != 0].tolist()
        urls = [pair for pair in urls if isinstance(self.values[pair], str)]
        texts = pa.array([self.values[pair] for pair in urls], pa.string())
        for pair, text in zip(urls, without_short_numbers(texts).to_pylist(), strict=True):
            self.values[pair] = text
        personal = self.flags(PERSONAL.__contains__)
        for pair in self.useful[personal[self.keys[self.useful]]].tolist():
            value = self.values[pair]
            self.values[pair] = somebody_or_blank(value) if isinstance(value, str) else value
        ports = self.flags(_PORTS.__contains__)
        for pair in self.useful[ports[self.keys[self.useful]]].tolist():
            value = self.values[pair]
            self.values[pair] = None if _is_small(value) else value

    def _is_kind(self, *kinds: str) -> Flags:
        return self._those(self._kind.map(kinds.__contains__))

    def _those(self, column: Coded[bool]) -> Flags:
        return np.array(column.things, np.bool_)[column.codes]

    def _own(self, wanted: int) -> Ints:
        """Which of the special pairs are of this class."""
        return np.flatnonzero(self._special_classes & wanted)

    def _has(self, wanted: int) -> Flags:
        """Which spans have a pair of this class."""
        return self._mark(self._own(wanted))

    def _mark(self, own: Ints) -> Flags:
        result = np.zeros(self._count, np.bool_)
        result[self._owner[own]] = True
        return result

    def _any(self, wanted: int, test: Callable[[str], bool]) -> Flags:
        """The spans of which one pair of this class passes; what is no text does."""
        own = self._own(wanted)
        return self._mark(own[self._passing(own, test, True)])

    def _named_by(self, wanted: int) -> Flags:
        """The spans that have pairs of this class, each of which names a host."""
        own = self._own(wanted)
        key = "url.full" if wanted == _URL_FULL else "server.address"
        passing = self._passing(own, lambda text: names_a_host(key, text), False)
        return self._mark(own) & ~self._mark(own[~passing])

    def _passing(self, own: Ints, test: Callable[[str], bool], otherwise: bool) -> Flags:
        codes, which = np.unique(self._special_codes[own], return_inverse=True)
        values = (self.values[code] for code in codes.tolist())
        passed = (test(value) if isinstance(value, str) else otherwise for value in values)
        return np.fromiter(passed, np.bool_, len(codes))[which.reshape(-1)]

    def _systems(self) -> tuple[list[str | None], Ints]:
        """(names of database systems, for each span the place of its own); None, the first, where nothing tells."""
        own = self._own(_SYSTEM)
        codes = self._special_codes[own]
        keys = self.keys[codes]
        packed = np.zeros(self._count, np.int64)
        told: list[dict[str, Value]] = [{}]
        for key in np.unique(keys).tolist():
            mine = keys == key
            column = np.zeros(self._count, np.int64)
            distinct, which = np.unique(codes[mine], return_inverse=True)
            column[self._owner[own[mine]]] = which.reshape(-1) + 1
            both, packed = np.unique(packed * (len(distinct) + 1) + column, return_inverse=True)
            parts = [divmod(each, len(distinct) + 1) for each in both.tolist()]
            name = self.names[key]
            told = [
                told[before] | ({name: self.values[int(distinct[place - 1])]} if place else {})
                for before, place in parts
            ]
        systems = [system_of(each) for each in told]
        names: list[str | None] = list(dict.fromkeys([None, *systems]))
        return names, np.array([names.index(system) for system in systems], np.int64)[packed.reshape(-1)]


def _classes_of(key: str) -> int:
    """What a key is looked at for, beside its own effect."""
    found = _DATABASE if key.startswith(DATABASE) else 0
    places: Iterable[tuple[frozenset[str] | tuple[str, ...], int]] = (
        (_ROUTES, _ROUTE),
        (_HOSTS, _HOST),
        (_FULL, _URL_FULL),
        (_URLS, _URL),
        (_SOCKETS, _SOCKET),
        (_CALLERS, _CALLER),
        (_TEXTS, _TEXT),
        (_SYSTEMS, _SYSTEM),
    )
    for keys, bit in places:
        found |= bit if key in keys else 0
    return found


def _is_small(value: Value) -> bool:
    """Whether a value is a number that no rule looks at, where its key does not say more."""
    return isinstance(value, (int, float)) and abs(value) < SMALL


def _last_of_equal(owned: Owned) -> Ints:
    """The codes of pairs; where an owner has a key more than once, one that adds nothing for all but the last.

    So for what is no pair.
    """
    pairs, nothing = owned.pairs, len(owned.pairs.keys)
    keys = np.append(pairs.keys, -1)[owned.codes]
    codes = np.where(keys < 0, nothing, owned.codes)
    owners = np.repeat(np.arange(len(owned.begins) - 1), np.diff(owned.begins))
    both = owners * (len(pairs.names) + 1) + keys + 1
    seen = np.zeros((len(owned.begins) - 1) * (len(pairs.names) + 1), np.bool_)
    seen[both] = True
    if np.count_nonzero(seen) < len(both):
        _, last = np.unique(both[::-1], return_index=True)
        is_last = np.zeros(len(both), np.bool_)
        is_last[len(both) - 1 - last] = True
        codes[~is_last] = nothing
    return codes
