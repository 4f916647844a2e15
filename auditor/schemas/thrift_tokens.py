"""The tokens of Thrift IDL, and a reader that steps through them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"(?P<doc>/\*\*(?!/)(?:[^*]|\*(?!/))*+(?:\*/)?)|(?P<skip>\s+|//[^\n]*|\#[^\n]*|/\*(?:[^*]|\*(?!/))*+(?:\*/)?)|"
    r"(?P<text>\"(?:[^\"\\]|\\.)*+\"?|'(?:[^'\\]|\\.)*+'?)|(?P<name>[A-Za-z_][\w.]*(?:-[\w.]+)*)|"
    r"(?P<number>[-+]?\d[\w.+-]*)|(?P<sign>.)",
    re.DOTALL,
)
_TOP = frozenset(
    "include cpp_include namespace typedef const enum senum struct union exception service interaction package".split()
)
SEPARATORS = (",", ";")
_MOST_TOKENS = 3_000_000


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    line: int


class BadError(ValueError):
    """A definition that cannot be read."""


def tokens(text: str) -> Iterator[Token]:
    line, count = 1, 0
    for match in _TOKEN.finditer(text):
        kind, word = match.lastgroup or "sign", match[0]
        if kind != "skip":
            yield Token(kind, word, line)
            count += 1
            if count >= _MOST_TOKENS:
                return
        line += word.count("\n")


class TokenReader:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self.at = 0
        self.doc: str | None = None
        self._end = Token("end", "", tokens[-1].line if tokens else 0)

    def peek(self) -> Token:
        while self.at < len(self._tokens) and self._tokens[self.at].kind == "doc":
            self.doc = _comment(self._tokens[self.at].text)
            self.at += 1
        return self._tokens[self.at] if self.at < len(self._tokens) else self._end

    def take(self, *texts: str) -> Token | None:
        """The next token if it is one of these signs or words."""
        token = self.peek()
        if token.text not in texts or token.kind == "text":
            return None
        self.at += 1
        return token

    def need(self, *texts: str) -> Token:
        token = self.take(*texts)
        if token is None:
            raise BadError
        return token

    def name(self) -> Token:
        token = self.peek()
        if token.kind != "name":
            raise BadError
        self.at += 1
        return token

    def text(self) -> str:
        token = self.peek()
        if token.kind != "text":
            raise BadError
        self.at += 1
        return token.text[1:-1]

    def comment(self) -> str | None:
        """The `/** */` comment that stands before the next token, once."""
        self.peek()
        found, self.doc = self.doc, None
        return found

    def skip_value(self) -> None:
        """Past a constant's value: one token, or brackets with everything in them."""
        depth = 0
        while (token := self.peek()).kind != "end":
            self.at += 1
            if token.kind == "sign":
                depth += (token.text in "[{") - (token.text in "]}")
            if depth <= 0:
                return

    def skip_to_definition(self) -> None:
        """To the next word that begins a definition at the start of a line, near enough."""
        depth = 0
        while (token := self.peek()).kind != "end":
            if token.kind == "name" and token.text in _TOP and self._begins_line():
                return
            depth += (token.text == "{") - (token.text == "}")
            self.at += 1

    def _begins_line(self) -> bool:
        return self.at == 0 or self._tokens[self.at - 1].line < self._tokens[self.at].line


def _comment(text: str) -> str | None:
    lines = (line.strip().lstrip("*").strip() for line in text[3:].removesuffix("*/").splitlines())
    return " ".join(filter(None, lines)) or None
