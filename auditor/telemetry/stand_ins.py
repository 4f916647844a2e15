"""Texts that stand for others of the same key, in columns: exchanging them changes nothing in the effects of `effects`.

So what must be learned of texts is learned of few. Patterns are RE2's; where Python's may mean something else, in texts
beyond ASCII, a text stands for itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pyarrow as pa

from auditor.telemetry import judge
from auditor.telemetry.columns import Column, Flags, pc, replaced
from auditor.telemetry.operation import MAX_TEXT
from classifiers.values import CANDIDATE

SOMEBODY = "somebody"
_SOME_ID = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"
_NOT_PLAIN = r"[@%\\\x03]|eyJ"
_SHORT_NUMBER = r"(^/|[^/:]/|=)[1-9][0-9]{0,5}($|[/&?])"
_NOT_PLAIN_ONE, _SHORT_NUMBER_ONE, _ONE = re.compile(_NOT_PLAIN), re.compile(_SHORT_NUMBER), r"\g<1>1\g<2>"
_MARK = "\x03"
_WHOLE = r"(?i)\A(?:%s)\z"
_SPACE = r"[\t-\r\x1c-\x20]"  # in Python
_BLANK = _WHOLE % judge.BLANK.replace(r"\s", _SPACE)
_UUID = _WHOLE % judge.UUID


def without_short_numbers(urls: Column) -> Column:
    """URLs of equal effect, as long as no path is needed: numbers of up to six digits that fill a segment of the path,
    or are a value of the query, are 1. No such number shows anything, and none is ever a name."""
    plain = pc.invert(pc.match_substring_regex(urls, _NOT_PLAIN))
    plain = pc.and_(plain, pc.less_equal(pc.utf8_length(urls), MAX_TEXT))
    short = urls
    for _ in range(2):  # neighbours share the sign between them
        short = replaced(short, _SHORT_NUMBER, rf"\1{_MARK}\2")
    return pc.if_else(plain, pc.replace_substring(short, _MARK, "1"), urls)


def without_short_number(url: str) -> str:
    """As `without_short_numbers`, of one URL."""
    if len(url) > MAX_TEXT or _NOT_PLAIN_ONE.search(url):
        return url
    return _SHORT_NUMBER_ONE.sub(_ONE, _SHORT_NUMBER_ONE.sub(_ONE, url))


def somebody_or_blank(text: str) -> str:
    """A text of equal effect under the keys that say who someone is: what it says, but for nothing, makes none."""
    return text if judge.is_blank(text) else SOMEBODY


def somebodies_or_blank(texts: Column) -> Column:
    """As `somebody_or_blank`, of many; those beyond ASCII stay as they are."""
    stays = pc.or_(pc.match_substring_regex(texts, _BLANK), pc.invert(pc.string_is_ascii(texts)))
    return pc.if_else(stays, texts, SOMEBODY)


def judged_alike(texts: Column) -> Column:
    """Texts of equal effect under keys whose values are judged and not read: of those that show nothing it counts only
    whether they are blank, and whether they are UUIDs."""
    stays = pc.or_(pc.match_substring_regex(texts, CANDIDATE), pc.invert(pc.string_is_ascii(texts)))
    is_blank = pc.and_(
        pc.match_substring_regex(texts, _BLANK), pc.less_equal(pc.utf8_length(texts), judge.LONGEST_BLANK)
    )
    is_id = pc.match_substring_regex(texts, _UUID)
    return pc.if_else(stays, texts, pc.if_else(is_blank, "", pc.if_else(is_id, _SOME_ID, SOMEBODY)))


def stood_in(texts: Column, *rules: tuple[Flags, Callable[[Column], Column]]) -> Column:
    """Texts replaced; a rule says by what which of them are."""
    for wanted, stand_ins in rules:
        if wanted.any():
            mask = pa.array(wanted)
            texts = pc.replace_with_mask(texts, mask, stand_ins(texts.filter(mask)))
    return texts
