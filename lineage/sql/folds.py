"""Folds what repeats in a masked text: IN lists, VALUES rows, arrays, WHEN and OR chains; and makes the key of a shape.

A text here has single blanks for white space. Each pattern begins with a fixed sign, which the search jumps to, and is
tried only where a few letters of it are found.
"""

from __future__ import annotations

import re

_ONE = r"(?:'\?(?:'|\Z)|\?)"
_LIST = rf"{_ONE}(?: ?, ?{_ONE})*+"
_INNER = r"(?:[^()]++|\((?:[^()]++|\((?:[^()]++|\([^()]*+\))*+\))*+\))*+"
_IN = re.compile(rf"\((?<=\bIN \(){_LIST}(?:, ?)?(?:(\))|\Z)", re.IGNORECASE)
_IN_AT_ONCE = re.compile(rf"\((?<=\bIN\(){_LIST}(?:, ?)?(?:(\))|\Z)", re.IGNORECASE)
_ROWS = re.compile(
    rf"(\((?:(?<=\bVALUES \()|(?<=\bVALUES\()){_INNER}\))(?: ?, ?\({_INNER}\))++(?: ?, ?\([^()]*+\Z)?", re.IGNORECASE
)
_TUPLES = re.compile(rf"(\({_LIST}\))(?: ?, ?\1)++")
_ARRAY = re.compile(rf"\[{_ONE}(?: ?, ?{_ONE})++\]")
_WHENS = re.compile(r"\b(WHEN [^()]{1,200}? THEN \S{1,80})(?: \1)++", re.IGNORECASE)
_ORS = re.compile(r"(\([^()]{1,400}+\))(?: OR \1)++", re.IGNORECASE)
_LOOSE_BLANK = re.compile(r" (?:(?=[(),=<>+*/;|.\[\]-])|(?<=[(),=<>+*/;|.\[\]-] ))")


def folded(text: str) -> str:
    """A masked text with what repeats said once."""
    if _IN.search(text):
        text = _IN.sub(r"(?\1", text)
    if _IN_AT_ONCE.search(text):
        text = _IN_AT_ONCE.sub(r" (?\1", text)
    if _ROWS.search(text):
        text = _ROWS.sub(r"\1", text)
    if _TUPLES.search(text):
        text = _TUPLES.sub(r"\1", text)
    if "[" in text:
        text = _ARRAY.sub("[?]", text)
    upper = text.upper()
    if "WHEN" in upper:
        text = _WHENS.sub(r"\1", text)
    return _ORS.sub(r"\1", text) if ") OR (" in upper else text


def key(text: str) -> str:
    """What texts have in common that differ in letter case, in quotes around a mask, or in blanks around signs."""
    text = text.replace("'?'", "?") if "'" in text else text
    return _LOOSE_BLANK.sub("", text).lower()
