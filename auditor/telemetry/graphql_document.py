"""What a GraphQL document asks for: the dotted paths of the fields it selects and of the arguments it gives.

A scanner of our own, without a schema: documents in telemetry are often cut off, or have their values replaced by
marks that are no GraphQL, and a strict parser gives up on both. Values are skipped and never looked at. No recursion:
work and depth are bounded whatever the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from auditor.telemetry.memory import remembered
from auditor.telemetry.redact import key_name

_MAX_TEXT, _MAX_TOKENS, _MAX_DEPTH, _MAX_PATHS, _MAX_STEPS = 1 << 16, 20_000, 32, 500, 20_000
_TOKEN = re.compile(
    r'(?P<skip>[\s,\ufeff]+|\#[^\n]*)|(?P<text>"""(?:[^"]|"(?!""))*+(?:""")?|"(?:[^"\\\n]|\\.)*+"?)|'
    r"(?P<name>[_A-Za-z]\w*)|(?P<sign>\.\.\.|[{}()\[\]:@!=|$])|(?P<other>[^\s,{}()\[\]:@!=|$\"#]+|.)",
    re.ASCII,
)
KINDS = ("query", "mutation", "subscription")


@dataclass(frozen=True, slots=True)
class Selection:
    """What a document asks for. `kind` is query, mutation or subscription; `name` the operation's own, if it has one.

    `paths` are the selected leaves as the answer names them by their schema (`patient.email`: aliases and fragments
    resolved, `__typename` left out), `arguments` the names that values are given for (`input.email`); both sorted.
    """

    kind: str = "query"
    name: str | None = None
    paths: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()


@dataclass(slots=True)
class _Node:
    """A selected field, a fragment spread (`spread`: its name) or an inline fragment (neither name nor spread)."""

    name: str = ""
    spread: str = ""
    inner: list[_Node] = field(default_factory=list)


@dataclass(slots=True)
class _Root:
    kind: str
    name: str
    tree: _Node
    arguments: set[str] = field(default_factory=set)


class _NoDocumentError(ValueError):
    """A text that is not GraphQL: then no word of it is known to be a name."""


@remembered
def selection(document: str, operation: str | None = None) -> Selection:
    """What a document selects, of the operation of that name if it has one, else of all its operations.

    A document that breaks off tells what stands before the break; what is no GraphQL tells nothing. Never raises.
    """
    try:
        roots = _Reader(document[:_MAX_TEXT]).roots()
    except _NoDocumentError:
        return Selection()
    operations = [root for root in roots if root.kind in KINDS]
    chosen = [root for root in operations if operation and root.name == operation] or operations
    if not chosen:
        return Selection()
    fragments = {root.name: root.tree for root in roots if root.kind == "fragment"}
    paths = sorted({path for root in chosen for path in _paths(root.tree, fragments)})
    used = [*chosen, *(root for root in roots if root.kind == "fragment")]
    arguments = sorted({name for root in used for name in root.arguments})
    only = chosen[0] if len(chosen) == 1 else None
    name = key_name(only.name) if only and only.name else None
    return Selection(chosen[0].kind, name, tuple(paths[:_MAX_PATHS]), tuple(arguments[:_MAX_PATHS]))


def _paths(tree: _Node, fragments: Mapping[str, _Node]) -> Iterator[str]:
    """The leaves' paths, fragments put in; a fragment that comes round in itself ends there."""
    waiting: list[tuple[_Node, tuple[str, ...], tuple[str, ...]]] = [(tree, (), ())]
    for _ in range(_MAX_STEPS):
        if not waiting:
            return
        node, path, spreads = waiting.pop()
        if node.spread:
            if node.spread not in spreads and node.spread in fragments and len(spreads) < _MAX_DEPTH:
                waiting.append((fragments[node.spread], path, (*spreads, node.spread)))
            continue
        if node.name:
            name = key_name(node.name)
            if name is None or node.name.startswith("__") or len(path) >= _MAX_DEPTH:
                continue
            path = (*path, name)
        if node.inner:
            waiting.extend((inner, path, spreads) for inner in node.inner)
        elif node.name:
            yield ".".join(path)


class _Reader:
    """Reads tokens into trees. Raises _NoDocumentError on a token that no document has at its place."""

    def __init__(self, text: str) -> None:
        whole = text.strip()
        self.is_cut = not whole.endswith("}")
        if self.is_cut:  # half a name would be an invented one, and dots are how a cut is often shown
            whole = re.sub(r"\w+\Z", "", whole.rstrip(".…"), flags=re.ASCII)
        self._tokens: list[tuple[str, str]] = []
        for match in _TOKEN.finditer(whole):
            if match.lastgroup != "skip":
                self._tokens.append((match.lastgroup or "other", match[0]))
                if len(self._tokens) >= _MAX_TOKENS:
                    self.is_cut = True
                    break
        self._at = 0

    def roots(self) -> list[_Root]:
        """The operations and fragments of the document."""
        found: list[_Root] = []
        while (token := self._peek()) is not None:
            kind, text = token
            if text == "{":
                root = _Root("query", "", _Node())
            elif kind == "name" and text in (*KINDS, "fragment"):
                self._at += 1
                root = _Root(text, self._name(), _Node())
            else:
                raise _NoDocumentError
            self._until_selection(root)
            self._selection(root)
            found.append(root)
        return found

    def _peek(self, ahead: int = 0) -> tuple[str, str] | None:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else None

    def _name(self) -> str:
        token = self._peek()
        if token is not None and token[0] == "name":
            self._at += 1
            return token[1]
        return ""

    def _until_selection(self, root: _Root) -> None:
        """Past a definition's variables, type condition and directives."""
        while (token := self._peek()) is not None and token[1] != "{":
            if token[1] == "(":
                self._values(None)
            elif token[0] == "name" or token[1] == "@":
                self._at += 1
            else:
                raise _NoDocumentError

    def _selection(self, root: _Root) -> None:
        """One selection set with all that is in it, from its opening brace."""
        open_nodes: list[_Node] = []
        last = root.tree
        while (token := self._peek()) is not None:
            kind, text = token
            if text == "{":
                if last is None or len(open_nodes) >= 4 * _MAX_DEPTH:
                    raise _NoDocumentError
                self._at += 1
                open_nodes.append(last)
            elif text == "}":
                self._at += 1
                last = open_nodes.pop()
                if not open_nodes:
                    return
            elif text == "(":
                self._values(root.arguments)
            elif text == "@":
                self._at += 1
                self._name()
                if (after := self._peek()) is not None and after[1] == "(":
                    self._values(None)
            elif text == "...":
                last = self._fragment()
                open_nodes[-1].inner.append(last)
            elif kind == "name":
                last = self._field()
                open_nodes[-1].inner.append(last)
            else:
                raise _NoDocumentError

    def _field(self) -> _Node:
        name = self._name()
        after = self._peek()
        if after is not None and after[1] == ":":  # what stands before was an alias
            self._at += 1
            if self._peek() is None:
                return _Node()
            name = self._name()
            if not name:
                raise _NoDocumentError
        return _Node(name)

    def _fragment(self) -> _Node:
        self._at += 1
        name = self._name()
        if name == "on":
            self._name()
            return _Node()
        return _Node(spread=name)

    def _values(self, names: set[str] | None) -> None:
        """Past `( ... )` with everything in it; the names of what is given values are put into `names`."""
        path: list[str] = []
        last = ""
        depth: list[str] = []
        while (token := self._peek()) is not None:
            self._at += 1
            kind, text = token
            if text in "([{" and kind == "sign":
                depth.append(text)
                path.append(last)
                last = ""
            elif text in ")]}" and kind == "sign":
                if not depth or depth.pop() + text not in ("()", "[]", "{}"):
                    raise _NoDocumentError
                path.pop()
                last = ""
                if not depth:
                    return
            elif kind == "name" and (after := self._peek()) is not None and after[1] == ":":
                last = text
                self._at += 1
                value = self._peek()
                if names is not None and (value is None or value[1] != "{") and len(depth) < _MAX_DEPTH:
                    parts = [key_name(part) for part in (*path, last) if part]
                    if all(parts) and len(names) < _MAX_PATHS:
                        names.add(".".join(filter(None, parts)))
