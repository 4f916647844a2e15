"""Texts of statements in columns: most differ from others in their literals alone, so few are masked.

Only texts of which the short way of `lineage.sql.quick` tells are read so: in ASCII, without quoted names, escapes and
comments. What it does with one text is done here with all at once. Literals are judged and forgotten.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa

from auditor.telemetry import judge
from auditor.telemetry.columns import Column, Flags, Ints, first_of_each, matches, pc, replaced
from auditor.telemetry.flat import Coded, begins_of
from classifiers.values import CANDIDATE
from lineage.sql.quick import LONG, START, TEXT, alone_numbers
from lineage.sql.shape import Shape, shape_of_code

Statement = tuple[Shape, frozenset[str]]  # and the categories that its literals show
_LONGEST = 1 << 12  # characters
_FEW = 60  # of each kind of literals: all of them are looked at
_START = rf"(?i)\A{START}"
_ODD = r"[^\t\n\r -~]|[\"\\\[`]|''|/\*"
_BLANKS = " \t\n\r"
_BY, _ZERO = "\x02", "\x03"  # marks of our own
_ALONE = r"([\t-\r (,=])%s([\t-\r ,);]|\z)"
_NUMBER, _LONG_NUMBER = _ALONE % "[0-9]+", _ALONE % f"[0-9]{{{LONG},}}"


def plain_statements(texts: Column, system: Coded[str | None]) -> tuple[list[Statement], Ints]:
    """(statements, for each text the place of its own; -1 for what must be read by itself, nulls among them).

    `system` is the database's.
    """
    is_plain = matches(texts, _START) & ~matches(texts, _ODD)
    is_plain &= pc.less_equal(pc.binary_length(texts), _LONGEST).fill_null(False).to_numpy(zero_copy_only=False)
    places = np.flatnonzero(is_plain)
    pieces = pc.split_pattern(pc.utf8_trim(texts.take(pa.array(places)), _BLANKS), "'")
    counts = pc.list_value_length(pieces).to_numpy(zero_copy_only=False)
    few = (counts % 2 == 1) & (counts <= 2 * _FEW)  # an even number: the last string is cut off
    places, pieces = places[few], pieces.filter(pa.array(few))
    code, strings, of_string = _without_strings(pieces)
    code, heads, odd = _without_numbers(code)
    shown: dict[int, frozenset[str]] = {}
    _judge(shown, strings, of_string)
    for place in np.flatnonzero(matches(heads, _LONG_NUMBER) & matches(heads, CANDIDATE)).tolist():
        numbers = alone_numbers(heads[place].as_py())
        odd[place] |= len(numbers) > _FEW
        shown[place] = shown.get(place, judge.NOTHING) | judge.of_texts(each for each in numbers if len(each) >= LONG)
    statements, which = _statements(code, shown, system.take(places))
    which[odd] = -1
    result = np.full(len(texts), -1, np.int64)
    result[places] = which
    return statements, result


def _without_strings(pieces: Column) -> tuple[Column, Column, Ints]:
    """(texts with a mark for each string, the strings, of which text each is); pieces stood between quotes."""
    lengths = pc.list_value_length(pieces).to_numpy(zero_copy_only=False).astype(np.int64)
    flat, begins = pieces.flatten(), begins_of(lengths)
    owner = np.repeat(np.arange(len(lengths)), lengths)
    is_string = (np.arange(len(flat)) - begins[owner]) % 2 == 1
    outside = flat.filter(pa.array(~is_string))
    return _joined(outside, begins_of((lengths + 1) // 2), TEXT), flat.filter(pa.array(is_string)), owner[is_string]


def _without_numbers(code: Column) -> tuple[Column, Column, Flags]:
    """(code with 0 for numbers that stand alone before the first BY, what stands before it, where that is in doubt)."""
    marked = pc.replace_substring_regex(code, "(?i)by", rf"{_BY}\0", max_replacements=1)
    halves = pc.split_pattern(marked, _BY)
    flat = halves.flatten()
    begins = begins_of(pc.list_value_length(halves).to_numpy(zero_copy_only=False))
    is_head = np.zeros(len(flat), np.bool_)
    is_head[begins[:-1]] = True
    heads = short = flat.filter(pa.array(is_head))
    for _ in range(2):  # neighbours share the sign between them
        short = replaced(short, _NUMBER, rf"\1{_ZERO}\2")
    short = pc.replace_substring(short, _ZERO, "0")
    joined = _joined(pc.replace_with_mask(flat, pa.array(is_head), short), begins, "")
    return joined, heads, matches(marked, f"[0-9]{_BY}")


def _joined(pieces: Column, begins: Ints, sign: str) -> Column:
    offsets: Column = pa.array(begins.astype(np.int32))
    return pc.binary_join(pa.ListArray.from_arrays(offsets, pieces), sign)


def _judge(shown: dict[int, frozenset[str]], literals: Column, owners: Ints) -> None:
    """Add what the literals of texts show."""
    may = np.flatnonzero(matches(literals, CANDIDATE))
    for owner, literal in zip(owners[may].tolist(), literals.take(pa.array(may)).to_pylist(), strict=True):
        if found := judge.of_texts((literal,)):
            shown[owner] = shown.get(owner, judge.NOTHING) | found


def _statements(
    code: Column, shown: dict[int, frozenset[str]], system: Coded[str | None]
) -> tuple[list[Statement], Ints]:
    """(statements, for each code its own, given what its literals show; -1 where the short way does not tell)."""
    encoded = code.dictionary_encode()
    packed = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64) * len(system.things) + system.codes
    first, which = first_of_each(pa.array(packed))
    codes = code.take(pa.array(first)).to_pylist()
    masked = [_masked(text, system[place]) for text, place in zip(codes, first.tolist(), strict=True)]
    found = dict.fromkeys(filter(None, masked), 0)
    for place, statement in enumerate(found):
        found[statement] = place
    result = np.array([-1 if each is None else found[each] for each in masked], np.int64)[which]
    for place, categories in shown.items():
        known = masked[which[place]]
        if known is not None and categories:
            statement = known[0], known[1] | categories
            result[place] = found.setdefault(statement, len(found))
    return list(found), result


@lru_cache(1 << 12)
def _masked(code: str, system: str | None) -> Statement | None:
    found = shape_of_code(code, system)
    return None if found is None or len(found[1]) > _FEW else (found[0], judge.of_texts(found[1]))
