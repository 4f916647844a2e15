"""The effects of a batch's attributes: which count, what lies around them, and a number for the effect of each.

Most pairs have the same effect wherever they stand, so each distinct one is looked at once. The few whose effect
depends on what lies around them are looked at once for each of the ways in which they stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from auditor.telemetry import semconv
from auditor.telemetry.columns import Flags, Ints, matches
from auditor.telemetry.database import system_of
from auditor.telemetry.effects import DATABASE, HOSTED, Around, names_a_host, route_is_personal
from auditor.telemetry.flat import Coded, Owned, same
from auditor.telemetry.memory import remembered
from auditor.telemetry.pair_effects import ALONE, Added, Effects
from auditor.telemetry.redact import AT_HOME, is_public_address
from auditor.telemetry.signatures import Interned
from auditor.telemetry.told import told

_CALLERS = frozenset(semconv.CALLER_ADDRESS)
_SOCKETS = frozenset(semconv.PEER_SOCKET + semconv.PEER_SOCKET_PORT)
_URLS, _TEXTS = frozenset(semconv.URLS), frozenset(semconv.DB_TEXT)
_SYSTEMS = (*semconv.DB_SYSTEM, "cassandra.query")
_ROUTES, _HOSTS, _FULL = frozenset(semconv.HTTP_ROUTE), frozenset(semconv.PEER_HOST), frozenset(semconv.URL_FULL)
_AT_HOME = rf"\A(?:{'|'.join(map(re.escape, AT_HOME))})"
_DATABASE, _ROUTE, _HOST, _URL_FULL, _URL, _SOCKET, _CALLER, _TEXT, _SYSTEM = (1 << bit for bit in range(9))
_IS_SERVER, _NEEDS_SOCKET, _NEEDS_PATH = 1, 2, 4


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
        numbers[texts] = self._statements(known, texts, same(ALONE, len(texts)))
        yield numbers, codes, self._begins

    def _within(self, known: Interned, there: Ints, bits: Ints, arounds: list[Around]) -> Added:
        """The effects of these special pairs, each with what lies around it."""
        width = len(arounds)
        distinct, which = np.unique(self._special_codes[there] * width + bits, return_inverse=True)
        numbers = np.zeros(len(distinct), np.int64)
        pairs, around = np.divmod(distinct, width)
        is_text = self._classes[pairs] & _TEXT != 0
        for own, number in ((is_text, self._statements), (~is_text, self._singly)):
            numbers[own] = number(known, pairs[own], Coded(arounds, around[own]))
        return numbers, which.reshape(-1), np.searchsorted(self._special[there], self._begins)

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
        self, own: Ints, test: Callable[[str], bool], otherwise: bool, pattern: str | None = None, says: bool = False
    ) -> Flags:
        """Which of these special pairs pass. Of texts that match the pattern it is known."""
        codes, which = np.unique(self._special_codes[own], return_inverse=True)
        is_open = ~matches(self.texts(codes), pattern) if pattern else np.ones(len(codes), np.bool_)
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


@remembered
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
