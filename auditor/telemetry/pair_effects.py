"""The effects of distinct pairs around which nothing lies: a number for each.

Pairs of one effect are told apart by what stands for them (`stand_ins.py`), so each kind is looked at once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator

import numpy as np
import pyarrow as pa

from auditor.telemetry import semconv
from auditor.telemetry.columns import Column, Flags, Ints, first_of_each
from auditor.telemetry.effects import (
    Around,
    counts_for_nothing,
    effect_of,
    is_only_judged,
    small_numbers_count_for_nothing,
    statement_effect,
)
from auditor.telemetry.flat import Coded, Owned
from auditor.telemetry.leaks import PERSONAL
from auditor.telemetry.memory import LONGEST
from auditor.telemetry.raw import Value
from auditor.telemetry.signatures import Interned
from auditor.telemetry.stand_ins import judged_alike, somebodies_or_blank, stood_in, without_short_numbers
from auditor.telemetry.statements import plain_statements

Added = tuple[Ints, Ints, Ints]  # numbers of effects, which of them, where those of each span begin
ALONE = Around()
_URLS = frozenset(semconv.URLS)
# From how many on columns are worth their while.
_MANY_PAIRS, _MANY_STATEMENTS = 200, 16


def number_of(known: Interned, key: str, value: Value, around: Around) -> int:
    """A number for the effect of an attribute, 0 for none."""
    kept = value if isinstance(value, str) else (type(value), repr(value))
    question = _question(key, kept, around)
    number = known.recall(question)
    if number is None:
        number = known.number(effect_of(key, value, kept, around))
        if not isinstance(value, str) or len(value) <= LONGEST:
            known.remember(question, number)
    return number


def _question(key: str, kept: Hashable, around: Around) -> Hashable:
    return (key, kept) if around is ALONE else (key, kept, around)


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
        texts = self.texts(pairs)
        if len(pairs) >= _MANY_PAIRS:
            texts = stood_in(
                texts,
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

    def _singly(self, known: Interned, pairs: Ints, around: Coded[Around]) -> list[int]:
        """The numbers of the effects of pairs, each with what lies around it."""
        asked = zip(self.keys[pairs].tolist(), self.values(pairs), around.to_list(), strict=True)
        return [number_of(known, self.names[key], value, one) for key, value, one in asked]

    def _statements(self, known: Interned, pairs: Ints, around: Coded[Around]) -> Ints:
        """As `_singly`, of pairs that are statements: where many are new, these in columns."""
        names, values = [self.names[key] for key in self.keys[pairs].tolist()], self.texts(pairs).to_pylist()
        questions = list(map(_question, names, values, around.to_list()))
        recalled = list(map(known.recall, questions))
        numbers = np.array([-1 if number is None else number for number in recalled], np.int64)
        new = np.flatnonzero(numbers < 0)
        if len(new) >= _MANY_STATEMENTS:
            own = around.take(new)
            statements, which = plain_statements(self.texts(pairs[new]), own.map(lambda one: one.system))
            for place, found in zip(new.tolist(), which.tolist(), strict=True):
                if found >= 0:
                    numbers[place] = known.number(statement_effect(names[place], *statements[found]))
                    known.remember(questions[place], int(numbers[place]))
            new = new[which < 0]
        numbers[new] = self._singly(known, pairs[new], around.take(new))
        return numbers


def _distinct(keys: Ints, texts: Column, alike: Flags) -> tuple[Ints, Ints]:
    """(the first of each kind, for each the place of its kind): of a kind are equal texts of a key, and what is `alike`
    under a key; of all else each is one of its own."""
    encoded = texts.dictionary_encode()
    text = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    own = np.where(alike, len(encoded.dictionary), len(encoded.dictionary) + 1 + np.arange(len(keys)))
    packed = pa.array(keys * (len(encoded.dictionary) + 1 + len(keys)) + np.where(text < 0, own, text))
    return first_of_each(packed)


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
