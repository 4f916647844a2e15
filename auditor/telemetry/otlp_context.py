"""The effects of a batch's attributes: which count, what lies around them, and a number for the effect of each.

Most pairs have the same effect wherever they stand, so each distinct one is looked at once. The few whose effect
depends on what lies around them are looked at once for each of the ways in which they stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pyarrow as pa

from auditor.telemetry import semconv
from auditor.telemetry.columns import Column, Flags, Ints, first_of_each, matches
from auditor.telemetry.database import system_of
from auditor.telemetry.effects import (
    DATABASE,
    HOSTED,
    Around,
    counts_for_nothing,
    effect_of,
    is_only_judged,
    names_a_host,
    route_is_personal,
    small_numbers_count_for_nothing,
    statement_effect,
)
from auditor.telemetry.flat import Coded, Owned
from auditor.telemetry.leaks import PERSONAL
from auditor.telemetry.memory import LONGEST
from auditor.telemetry.raw import Value
from auditor.telemetry.redact import AT_HOME, is_public_address
from auditor.telemetry.signatures import Interned
from auditor.telemetry.stand_ins import (
    NEVER,
    judged_alike,
    somebodies_or_blank,
    stood_in,
    without_short_numbers,
)
from auditor.telemetry.statements import plain_statements
from auditor.telemetry.told import told

Added = tuple[Ints, Ints, Ints]  # numbers of effects, which of them, where those of each span begin
ALONE = Around()
_CALLERS = frozenset(semconv.CALLER_ADDRESS)
_SOCKETS = frozenset(semconv.PEER_SOCKET + semconv.PEER_SOCKET_PORT)
_URLS, _TEXTS = frozenset(semconv.URLS), frozenset(semconv.DB_TEXT)
_SYSTEMS = (*semconv.DB_SYSTEM, "cassandra.query")
_ROUTES, _HOSTS, _FULL = frozenset(semconv.HTTP_ROUTE), frozenset(semconv.PEER_HOST), frozenset(semconv.URL_FULL)
_AT_HOME = rf"\A(?:{'|'.join(map(re.escape, AT_HOME))})"
_DATABASE, _ROUTE, _HOST, _URL_FULL, _URL, _SOCKET, _CALLER, _TEXT, _SYSTEM = (1 << bit for bit in range(9))
_IS_SERVER, _NEEDS_SOCKET, _NEEDS_PATH = 1, 2, 4


def number_of(known: Interned, key: str, value: Value, around: Around) -> int:
    """A number for the effect of an attribute, 0 for none."""
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
        self.is_small = owned.pairs.small()
        self._texts = owned.pairs.texts()
        counts = self.flags(lambda key: not counts_for_nothing(key))
        small_counts = self.flags(lambda key: not small_numbers_count_for_nothing(key))
        self.useful: Ints = np.flatnonzero(counts[self.keys] & (small_counts[self.keys] | ~self.is_small))

    def flags(self, test: Callable[[str], bool]) -> Flags:
        """For each key whether it passes, and behind the last for what is no pair: it does not."""
        return np.fromiter((*map(test, self.names), False), np.bool_, len(self.names) + 1)

    def texts(self, pairs: Ints) -> Column:
        """The values of these pairs that are texts."""
        return self._texts.take(pa.array(pairs))

    def values(self, pairs: Ints) -> list[Value]:
        """The values of these pairs."""
        return self._completed(self.texts(pairs), pairs)

    def numbers(self, known: Interned) -> Iterator[Added]:
        """Numbers for the effects of all pairs."""
        yield self._alone(known, self.useful), self.codes, self._begins

    def _alone(self, known: Interned, pairs: Ints) -> Ints:
        """For each distinct pair the number of its effect where nothing lies around it; 0 for those not asked for."""
        keys = self.keys[pairs]
        is_judged = self.flags(is_only_judged)[keys]
        texts = stood_in(
            self.texts(pairs),
            (self.flags(_URLS.__contains__)[keys], without_short_numbers),
            (self.flags(PERSONAL.__contains__)[keys], somebodies_or_blank),
            (is_judged, judged_alike),
        )
        first, which = _distinct(keys, texts, is_judged & self.is_small[pairs])
        values = self._completed(texts.take(pa.array(first)), pairs[first])
        found = (
            number_of(known, self.names[key], value, ALONE)
            for key, value in zip(keys[first].tolist(), values, strict=True)
        )
        numbers = np.zeros(self._nothing + 1, np.int64)
        numbers[pairs] = np.fromiter(found, np.int64, len(first))[which]
        return numbers

    def _completed(self, texts: Column, pairs: Ints) -> list[Value]:
        """The texts, and for those that are missing the values of the pairs."""
        found: list[Value] = texts.to_pylist()
        missing = np.flatnonzero(texts.is_null().to_numpy(zero_copy_only=False))
        for place, value in zip(missing.tolist(), self._pairs.values(pairs[missing]), strict=True):
            found[place] = value
        return found


class SpanEffects(Effects):
    """The effects of the attributes of spans.

    `personal_name` says whose name names something personal in a path, `has_peer` for whom the format names a peer.
    """

    def __init__(self, owned: Owned, kind: Coded[str], personal_name: Coded[bool], has_peer: Coded[bool]) -> None:
        super().__init__(owned)
        self._count = len(owned.begins) - 1
        self._kind, self._personal_name, self._has_peer = kind, personal_name, has_peer
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
        calls |= self._is_kind("unspecified") & self._those(self._has_peer)
        needs_socket = calls & ~self._named_by(_HOST) & ~self._named_by(_URL_FULL)
        systems, system = self._systems()
        # what lies around each of the special pairs
        owner, classes = self._owner, self._special_classes
        bits = np.where((classes & _URL != 0) & needs_path[owner], _NEEDS_PATH, 0)
        bits |= np.where((classes & _SOCKET != 0) & needs_socket[owner], _NEEDS_SOCKET, 0)
        callers = np.flatnonzero((classes & _CALLER != 0) & self._is_kind("server")[owner])
        bits[callers] |= np.where(self._passing(callers, is_public_address, True, _AT_HOME, False), _IS_SERVER, 0)
        bits |= 8 * np.where((classes & _TEXT != 0) & ~served[owner], system[owner], 0)
        there = np.flatnonzero(bits)
        arounds = [Around(name, bool(b & 1), bool(b & 2), bool(b & 4)) for name in systems for b in range(8)]
        yield self._within(known, there, bits[there], arounds)
        # and all others, which stand alone
        codes = self.codes.copy()
        codes[self._special[there]] = self._nothing
        # nobody asks for callers
        plain = self.useful[self._classes[self.useful] & (_CALLER | _TEXT) == 0]
        texts = self._special_codes[(self._special_classes & _TEXT != 0) & (bits == 0)]
        numbers, texts = self._alone(known, plain), np.unique(texts)
        numbers[texts] = self._statements(known, texts, ALONE)
        yield numbers, codes, self._begins

    def _within(self, known: Interned, there: Ints, bits: Ints, arounds: list[Around]) -> Added:
        """The effects of these special pairs, each with what lies around it."""
        width = len(arounds)
        distinct, which = np.unique(self._special_codes[there] * width + bits, return_inverse=True)
        numbers = np.zeros(len(distinct), np.int64)
        pairs, around = np.divmod(distinct, width)
        is_text = self._classes[pairs] & _TEXT != 0
        for place in np.unique(around[is_text]).tolist():
            own = is_text & (around == place)
            numbers[own] = self._statements(known, pairs[own], arounds[place])
        others = np.flatnonzero(~is_text)
        numbers[others] = self._singly(known, pairs[others], [arounds[place] for place in around[others].tolist()])
        return numbers, which.reshape(-1), np.searchsorted(self._special[there], self._begins)

    def _singly(self, known: Interned, pairs: Ints, arounds: Iterable[Around]) -> list[int]:
        """The numbers of the effects of pairs, each with what lies around it."""
        asked = zip(self.keys[pairs].tolist(), self.values(pairs), arounds, strict=True)
        return [number_of(known, self.names[key], value, around) for key, value, around in asked]

    def _statements(self, known: Interned, pairs: Ints, around: Around) -> Ints:
        """As `_singly`, of pairs that are statements in the same surroundings."""
        numbers = np.zeros(len(pairs), np.int64)
        for key in np.unique(self.keys[pairs]).tolist():
            own = np.flatnonzero(self.keys[pairs] == key)
            statements, which = plain_statements(self.texts(pairs[own]), around.system)
            effects = (statement_effect(self.names[key], *statement) for statement in statements)
            found = np.array([*map(known.number, effects), 0], np.int64)[which]
            odd = np.flatnonzero(which < 0)
            found[odd] = self._singly(known, pairs[own[odd]], [around] * len(odd))
            numbers[own] = found
        return numbers

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
        passing = self._passing(own, lambda text: names_a_host(key, text), False, HOSTED, True)
        return self._mark(own) & ~self._mark(own[~passing])

    def _passing(
        self, own: Ints, test: Callable[[str], bool], otherwise: bool, pattern: str = NEVER, says: bool = False
    ) -> Flags:
        """Which of these special pairs pass. Of texts that match the pattern it is known."""
        codes, which = np.unique(self._special_codes[own], return_inverse=True)
        is_open = ~matches(self.texts(codes), pattern)
        asked = (test(value) if isinstance(value, str) else otherwise for value in self.values(codes[is_open]))
        passed = np.full(len(codes), says)
        passed[is_open] = np.fromiter(asked, np.bool_)
        return passed[which.reshape(-1)]

    def _systems(self) -> tuple[list[str | None], Ints]:
        """(names of database systems, for each span the place of its own); None, the first, where nothing tells."""
        own = self._own(_SYSTEM)
        codes = self._special_codes[own]
        found = told(self._count, self._owner[own], codes, self.keys[codes], self.names, self.values)
        systems = [system_of(each) for each in found.things]
        names: list[str | None] = list(dict.fromkeys([None, *systems]))
        return names, np.array([names.index(system) for system in systems], np.int64)[found.codes]


def _distinct(keys: Ints, texts: Column, alike: Flags) -> tuple[Ints, Ints]:
    """(the first of each kind, for each the place of its kind): of a kind are equal texts of a key, and what is `alike`
    under a key; of all else each is one of its own."""
    encoded = texts.dictionary_encode()
    text = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    own = np.where(alike, len(encoded.dictionary), len(encoded.dictionary) + 1 + np.arange(len(keys)))
    packed = pa.array(keys * (len(encoded.dictionary) + 1 + len(keys)) + np.where(text < 0, own, text))
    return first_of_each(packed)


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
