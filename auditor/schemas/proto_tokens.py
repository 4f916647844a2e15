"""The words of a `.proto` text with their lines, and its comments by line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))
      | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<word>\.?[A-Za-z_][\w.]*)
      | (?P<number>\d(?:[eE][+-]|[\w.])*)
      | (?P<line>\n)
      | (?P<sign>\S)""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_FRAME = re.compile(r"^\s*(?:/[/*]+!?|\*+/?)|\*/\s*$", re.MULTILINE)
_LONGEST_COMMENT = 2_000  # characters


class Token(NamedTuple):
    """`kind` is text, word, number, sign, or end; a text is without its quotes."""

    kind: str
    value: str
    line: int


@dataclass(slots=True)
class Comments:
    """Comments on lines of their own, by the line they end on, and those that follow something on its line."""

    above: dict[int, tuple[int, str]] = field(default_factory=dict)
    beside: dict[int, str] = field(default_factory=dict)

    def of(self, first: int, last: int) -> str:
        """What stands above the line where something begins, and beside the one where it ends."""
        parts: list[str] = []
        line = first - 1
        while line in self.above:
            line, text = self.above[line]
            parts.append(text)
            line -= 1
        return " ".join([*reversed(parts), self.beside.get(last, "")])


def tokens_of(text: str) -> tuple[list[Token], Comments]:
    """All tokens, closed by one of kind end."""
    tokens: list[Token] = []
    comments = Comments()
    line, used = 1, 0  # the line that something stands on already
    for match in _TOKEN.finditer(text):
        kind, value = str(match.lastgroup), match[0]
        if kind == "line":
            line += 1
        elif kind == "comment":
            last = line + value.count("\n")
            if used == line:
                comments.beside.setdefault(line, _bare(value))
            else:
                comments.above[last] = (line, _bare(value))
            line = last
        else:
            tokens.append(Token(kind, value[1:-1] if kind == "text" else value, line))
            used = line
    tokens.append(Token("end", "", line))
    return tokens, comments


def _bare(comment: str) -> str:
    return _FRAME.sub("", comment[:_LONGEST_COMMENT])


class Unexpected(Exception):
    """What was expected instead, and the line."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.line = line


class Cursor:
    """A place among tokens."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._next = 0

    @property
    def now(self) -> Token:
        """The token here."""
        return self._tokens[self._next]

    def step(self) -> Token:
        """The token here, and on to the next; the end is never left."""
        token = self.now
        if token.kind != "end":
            self._next += 1
        return token

    def take(self, kind: str) -> Token:
        """A token of that kind. Raises Unexpected."""
        if self.now.kind != kind:
            raise Unexpected(f"has no {'name' if kind == 'word' else kind} where one is due", self.now.line)
        return self.step()

    def sign(self, sign: str) -> Token:
        """That sign. Raises Unexpected."""
        if not self.at(sign):
            raise Unexpected(f"has no '{sign}' where one is due", self.now.line)
        return self.step()

    def at(self, *values: str) -> bool:
        """Whether one of these signs or words is here."""
        return self.now.value in values and self.now.kind in ("sign", "word")

    def maybe(self, *values: str) -> bool:
        """As `at`, and past it if so."""
        found = self.at(*values)
        if found:
            self.step()
        return found

    def follows(self, value: str) -> bool:
        """Whether this word or sign comes after the token here."""
        after = self._tokens[min(self._next + 1, len(self._tokens) - 1)]
        return after.value == value and after.kind in ("sign", "word")

    def skip(self) -> None:
        """To the end of a statement: behind its semicolon or its block, or before what closes the block around it."""
        braces = brackets = 0
        while self.now.kind != "end" and not (braces == 0 and self.at("}")):
            token = self.step()
            if token.kind == "sign":
                braces += (token.value == "{") - (token.value == "}")
                brackets += (token.value == "[") - (token.value == "]")
                if braces == 0 and (token.value == ";" or (token.value == "}" and brackets <= 0)):
                    return
