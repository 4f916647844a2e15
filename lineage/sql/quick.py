"""Masks statements of ordinary make without looking at tokens: the literals are cut out, what is left is checked.

The short way to what `shape` finds token by token. It says None wherever anything stands that it does not surely know:
comments, escapes, prefixed strings, ordinals, JSON keys. Then the long way decides. Deleting all harmless signs of a
text at once is what makes it fast; patterns look at what remains.
"""

from __future__ import annotations

import re
import string
from functools import lru_cache

from lineage.sql.lexer import Flavour, flavour_of, is_personal_name

Masked = tuple[str, list[str]]  # a text, and its numbers of at least seven digits
START = r"[\s(]*(?:SELECT|INSERT|UPDATE|DELETE|WITH|SAVEPOINT|RELEASE)\b"
_START = re.compile(START, re.IGNORECASE)
_STRING = re.compile(r"'[^']*+(?:''[^']*+)*+(?:'|\Z)")
TEXT, _MARK, _CUT_OFF = "\x01", "\x02", "\x03"  # stand for a string, for any other value, for a name cut off
_NAME = '"'  # stands for a quoted name, however it is quoted, in the text outside of names
# What is glued to a name or a string may belong to it: N'x', _utf8 'x', a"b", 'x'y.
_NAME_IN_DOUBT = re.compile(r"\"(?:(?<=[\w\"$@#?%:]\")|(?=[\w\"$@#?%]))", re.ASCII)
_TEXT_IN_DOUBT = re.compile(
    r"\x01(?:(?<=[\w\"&$@#?%:.\x01]\x01)|(?=[\w\"$@#?%:\x01]))|_(?<!\w_)[A-Za-z]\w*\s?\x01", re.ASCII
)
_VALUE = re.compile(
    r"[%?$:@0-9](?<![\w?$:@#%.].)"
    r"(?:(?<=%)(?:s|d|\(\w*\)s)|(?<=\?)\d*+|(?<=\$)\d++|(?<=@)[A-Za-z_]\w*+|(?<=[0-9])\w*+(?:\.(?!\.)\w*+)?|"
    r"(?<=:)(?<![\])\"`]:)(?:[A-Za-z_]\w*+|\d++))(?![\w?$@#%.\x01\"`\[])",
    re.ASCII,
)
_LOOSE_DIGIT = re.compile(r"[0-9](?<!\w.)", re.ASCII)  # does not belong to a word
_ORDINAL = re.compile(r"\bBY(?:\s*\d|\b.*?(?:\bBY|,)\s*\d)", re.IGNORECASE | re.DOTALL)
_MAYBE_ORDINAL = re.compile(r"[Yy,]\s*\d")
_POSITION = r"\d{1,3}(?![^\s,;)])(?:\s+(?:ASC|DESC)\b)?"
_ORDINALS = re.compile(rf"\b(?:ORDER|GROUP)\s+BY\s+{_POSITION}(?:\s*,\s*{_POSITION})*+", re.IGNORECASE)
_HIDDEN = "".join(map(chr, range(0x10, 0x1A)))  # stand for the digits of ordinals, which are kept
_HIDE, _SHOW = str.maketrans(string.digits, _HIDDEN), str.maketrans(_HIDDEN, string.digits)
_TABLE_VARIABLE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|DECLARE|TABLE)\s*@", re.IGNORECASE)
_ALONE = re.compile(r"([0-9](?<=[\s(,=].)[0-9]*)(?=[\s,);]|\Z)", re.ASCII)
_PLAIN_NAME = re.compile(r"\"[\w$#@.-]*\"|`[\w$#@.-]*`|\[[\w$#@.-]*\]", re.ASCII)
LONG = 7  # digits of a number that is judged
_LONGEST = 1 << 12  # characters of a text that is remembered
_FRACTION = re.compile(r"\.\d")
_TAG = re.compile(r"<\w")
_TOLD = re.compile(r"\[(?:redacted|masked|filtered|hidden)\]|__\[", re.IGNORECASE)
# Where the database lets "x" be either: what must not be, or must be, for all of them to be names.
_MAYBE_TEXT = re.compile(
    r"[=<>|+*/-]\s*\"(?!\s?\.)|\b(?:VALUES|IN|LIKE|ILIKE|RLIKE|REGEXP|BETWEEN|ANY|ESCAPE|INTERVAL|DATE|TIMESTAMP|MATCH)\b"
    r"[^A-Za-z_]*\"",
    re.IGNORECASE,
)
_SURELY_NAMES = re.compile(r"\"\.\"|\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+\"", re.IGNORECASE)
_LETTERS = string.ascii_letters + "_ .-"
_DIGITS = string.digits.encode()
_NAME_SIGNS = (_LETTERS + _NAME + _CUT_OFF).encode()
_CODE_SIGNS = (_LETTERS + '\t\r\n,()=*<>!+/|&^~:[]"`' + TEXT + _MARK + _CUT_OFF + _HIDDEN).encode()
_ANY_SIGN = (string.digits + string.ascii_letters + string.punctuation + " \t\r\n" + TEXT).encode()


def quick_text(sql: str, dialect: str) -> str | None:
    """The masked text of a statement, white space folded; None where only tokens can tell."""
    found = _quick(sql, dialect)
    return None if found is None else found[0]


def quick_literals(sql: str, dialect: str) -> list[str] | None:
    """The strings and the numbers of at least seven digits, in any order; None where only tokens can tell."""
    found = None if '"' in sql or "`" in sql or "[" in sql else _quick(sql, dialect)
    return None if found is None else [*found[1], *(number for number in found[2] if len(number) >= LONG)]


@lru_cache(64)  # asked for a statement's shape and for its literals
def _quick(sql: str, dialect: str) -> tuple[str, list[str], list[str]] | None:
    """(masked text, literals, numbers that stand alone)."""
    if "\\" in sql or TEXT in sql or not _START.match(sql):
        return None
    without_strings, strings, is_open = _without_strings(sql)
    code, alone = _alike(without_strings)
    masked = masked_code(code, is_open, dialect)
    return None if masked is None else (masked[0], strings + masked[1], alone)


def masked_code(code: str, is_open: bool, dialect: str) -> Masked | None:
    """A statement with `TEXT` for each string, of which the last may be open, and 0 for numbers that stand alone."""
    mask = _masked if len(code) <= _LONGEST else _masked.__wrapped__
    return mask(code, is_open, dialect)


def alone_numbers(code: str) -> list[str]:
    """The numbers that stand alone before the first BY, which `code` ends at."""
    return _ALONE.findall(code)


def _without_strings(sql: str) -> tuple[str, list[str], bool]:
    """(the text without its string literals, what stands in them, whether the last is open)."""
    if "''" in sql:
        strings = [piece[1:].removesuffix("'").replace("''", "'") for piece in _STRING.findall(sql)]
        return _STRING.sub(TEXT, sql), strings, sql.count("'") % 2 == 1
    parts = sql.split("'")
    is_open = len(parts) % 2 == 0
    return TEXT.join(parts[::2]) + (TEXT if is_open else ""), parts[1::2], is_open


def _alike(code: str) -> tuple[str, list[str]]:
    """(the text with 0 for whole numbers that stand alone, these), so that texts which differ in these are masked once.

    Such a number is a value, whichever it is; but not behind BY, where it may be an ordinal, nor perhaps in quotes.
    """
    ends = code.lower().find("by")
    if ends < 0:
        ends = len(code)
    elif code[ends - 1 : ends].isdigit():
        return code, []
    if '"' in code or "`" in code or "[" in code:
        rest = _PLAIN_NAME.sub("", code)
        if '"' in rest or "`" in rest or "[" in rest:
            return code, []
    parts = _ALONE.split(code[:ends])
    return "0".join(parts[::2]) + code[ends:], parts[1::2]


@lru_cache(1 << 12)
def _masked(code: str, is_open: bool, dialect: str) -> Masked | None:
    if not code.isascii() or code.encode().translate(None, _ANY_SIGN):
        return None
    cut = _without_names(code, flavour_of(dialect))
    masked = _without_values(*cut) if cut else None
    if masked is None:
        return None
    text = " ".join(masked.split()).replace(_CUT_OFF, "?").replace(_MARK, "?").rstrip("; ")
    if TEXT in text:
        text = text.replace(TEXT, "'?'")
        text = text[:-1] if is_open else text  # stays open: a sign that the text was cut off
    numbers = (number[0] for number in _VALUE.finditer(code))
    return text, [number for number in numbers if number[0].isdigit() and sum(map(str.isdigit, number)) >= LONG]


def _without_names(code: str, flavour: Flavour) -> tuple[str, str] | None:
    """(text, text without what quoted names say); None where it is in doubt what is a name."""
    brackets = flavour.bracket_names is not False and "[" in code
    if "`" in code:
        quote = "`"
        if '"' in code or brackets:
            return None
    elif '"' in code:
        quote = '"'
        if flavour.double == "text" or brackets:
            return None
    elif brackets:
        return _without_brackets(code) if flavour.bracket_names else None
    else:
        return code, code
    parts = code.split(quote)
    is_open = len(parts) % 2 == 0  # cut off within a name, unless a quote stands in a string, or a string in a name
    if is_open:
        if TEXT in parts[-1] or (quote == '"' and flavour.double == "look"):
            return None
        parts[-1:] = [_CUT_OFF, ""]
        code = quote.join(parts)
    cut = _checked(code, parts, quote, quote)
    if cut is None:
        return None
    code, outside = cut
    may_be_text = quote == '"' and flavour.double == "look"
    if may_be_text and (_MAYBE_TEXT.search(outside) or not _SURELY_NAMES.search(outside)):
        return None
    return (code[:-1] if is_open else code), outside


def _without_brackets(code: str) -> tuple[str, str] | None:
    opened = code.split("[")
    parts = [opened[0]]
    for piece in opened[1:]:
        parts += piece.split("]")
    if len(parts) != 2 * len(opened) - 1 or "]" in opened[0] or _TOLD.search(code):
        return None
    return _checked(code, parts, "[", "]")


def _checked(code: str, parts: list[str], opening: str, closing: str) -> tuple[str, str] | None:
    """`parts`: by turns what is outside of names and the names, which must be names for sure."""
    names = parts[1::2]
    listed = _NAME.join(names)
    digits = listed.encode().translate(None, _NAME_SIGNS)
    if "" in names or (digits and (digits.translate(None, _DIGITS) or _LOOSE_DIGIT.search(listed))):
        return None
    outside = _NAME.join(parts[::2])
    if _NAME_IN_DOUBT.search(outside):
        return None
    if len(digits) >= 7 and is_personal_name(listed):
        kept = [f"{opening}{_CUT_OFF if is_personal_name(name) else name}{closing}" for name in names]
        code = "".join(piece for pair in zip(parts[::2], [*kept, ""], strict=True) for piece in pair)
    return code, outside


def _without_values(code: str, outside: str) -> str | None:
    """Numbers and parameters replaced; None where something is left, or around, that may be more than code."""
    if not _is_harmless(outside):
        return None
    rest = outside.encode().translate(None, _CODE_SIGNS)
    if not rest and ":" not in outside:
        return code
    if b"@" in rest and _TABLE_VARIABLE.search(outside):
        return None
    has_numbers, has_ordinals = bool(rest.strip(b"%?$@")), False
    if has_numbers and _MAYBE_ORDINAL.search(outside) and _ORDINAL.search(outside):
        code, outside = _ORDINALS.sub(_hidden, code), _ORDINALS.sub(_hidden, outside)
        has_ordinals = True
        if _ORDINAL.search(outside):
            return None
    if has_numbers and _FRACTION.search(outside):
        return None
    code = _VALUE.sub(_MARK, code)
    left = code.encode().translate(None, _CODE_SIGNS)
    if left and _LOOSE_DIGIT.search(code):
        return None
    if (left := left.translate(None, _DIGITS)) and (left.strip(b";") or ";" in code.rstrip("; \t\r\n")):
        return None
    if ":" in code and code.count(":") != 2 * code.count("::"):
        return None
    return code.translate(_SHOW) if has_ordinals else code


def _hidden(ordinals: re.Match[str]) -> str:
    return ordinals[0].translate(_HIDE)


def _is_harmless(outside: str) -> bool:
    """Whether nothing around values gives them another meaning, nor opens a comment."""
    lowered = outside.lower()
    return not (
        "identified" in lowered
        or "unload" in lowered
        or (TEXT in outside and ("json" in lowered or _TEXT_IN_DOUBT.search(outside)))
        or ("<" in outside and _TAG.search(outside))
        or ("[" in outside and _TOLD.search(outside))
        or ("-" in outside and outside.count("-") != outside.count(" - "))
        or ("+" in outside and outside.count("+") != outside.count(" + "))
        or ("*" in outside and ("/*" in outside or "***" in outside))
        or "..." in outside
    )
