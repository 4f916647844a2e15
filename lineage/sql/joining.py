"""One key for a statement however it was normalised: by us, by PostgreSQL, or by MySQL's digests.

Regular expressions only, on texts that hold no literals any more.
"""

from __future__ import annotations

import re

LEAST_PREFIX = 100  # characters of key that a text which was cut off must share with a whole one

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|--[^\n]*", re.DOTALL)
_TOKEN = re.compile(
    r"(?P<value>'(?:[^']|'')*'?|\?|\$\d+|%\(\w*\)s|%s|(?<![:\w]):[A-Za-z_]\w*)|"
    r"(?P<quoted>\"(?:[^\"]|\"\")*\"?|`(?:[^`]|``)*`?)|(?P<word>[^\W\d][\w$]*)|(?P<number>\d[\w.]*)|"
    r"(?P<sign>\.\.\.|::|<=|>=|<>|!=|\|\||->>|->|\S)"
)
# A driver may write `'2026-01-01'::timestamp` for what its caller, and so the trace, gives as a parameter.
_CAST = (
    r"\? :: (?:\w+ \. )?(?:time(?:stamp)? with(?:out)? time zone|double precision|character varying|\w+)"
    r"(?: \( \? \))?(?: \[ \])*"
)
_FOLDS = (
    (re.compile(r"^declare \S+ (?:\w+ )*?cursor (?:with(?:out)? hold )?for "), ""),  # put before by drivers as well
    (re.compile(_CAST), "?"),
    (re.compile(r"(?<=[=<>(,]) (?:[-+] \?|null|true|false)(?= |\Z)"), " ?"),  # given as parameters, or written out
    (re.compile(r"\( (?:\?|\.\.\.|default)(?: , (?:\?|default))* \)"), "( ? )"),
    (re.compile(r"\( \? \)(?: , \( \? \))+"), "( ? )"),
    (re.compile(r"!="), "<>"),
)


def joining_key(shape: str) -> str:
    """The key of a statement's shape: the same for texts that differ in quotes, spacing, case and kind of placeholder.

    A text that was cut off gives the beginning of the whole one's key, but for its last token.
    """
    parts = []
    for match in _TOKEN.finditer(_COMMENT.sub(" ", shape)):
        text = match[0]
        if match.lastgroup == "value":
            text = "?"
        elif match.lastgroup == "quoted":
            text = text.strip(text[0])
        parts.append(text.lower())
    while parts and parts[-1] == ";":
        parts.pop()
    key = " ".join(parts)
    for pattern, replacement in _FOLDS:
        key = pattern.sub(replacement, key)
    return key


def without_last_token(key: str) -> str:
    """The key of a text that was cut off, as far as it is sure."""
    return key.removesuffix(" ...").rpartition(" ")[0]
