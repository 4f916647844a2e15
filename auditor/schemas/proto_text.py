"""A `.proto` text (proto2, proto3, editions) to what it declares.

Reads on after a mistake: the statement is left out, and is a problem. Types stay as written, because the files that
declare them may not have been given; whoever has all files resolves them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from auditor.schemas.leaves import comment_of
from auditor.schemas.marks import read_marks
from auditor.schemas.payloads import Problem, SchemaFile
from auditor.schemas.proto_model import ProtoField, ProtoFile, ProtoMessage, ProtoMethod, format_of
from auditor.schemas.proto_tokens import Cursor, Unexpected, tokens_of

_DEEPEST = 32  # blocks within blocks
_MOST_PROBLEMS = 20
_LABELS = ("optional", "required", "repeated")
_VISIBILITIES = ("export", "local")
_Options = list[tuple[str, str]]


def parse_proto(file: SchemaFile) -> ProtoFile:
    """Everything that the text declares; never raises for what it says."""
    parser = _Parser(file)
    parser.whole()
    return parser.result


class _Parser:
    def __init__(self, file: SchemaFile) -> None:
        tokens, self._comments = tokens_of(file.data.decode("utf-8", errors="replace").removeprefix("\ufeff"))
        self._at = Cursor(tokens)
        self._depth = 0
        self.result = ProtoFile(file)

    def whole(self) -> None:
        """The file's statements."""
        while self._at.now.kind != "end":
            self._statements(self._declaration)
            if self._at.at("}"):
                self._complain("closes a block that was never opened", self._at.step().line)

    def _complain(self, what: str, line: int) -> None:
        if len(self.result.problems) < _MOST_PROBLEMS:
            self.result.problems.append(Problem(self.result.file.name, line, what))

    def _statements(self, one: Callable[[], None]) -> None:
        while self._at.now.kind != "end" and not self._at.at("}"):
            try:
                if not self._at.maybe(";"):
                    one()
            except Unexpected as error:
                self._complain(str(error), error.line)
                self._at.skip()

    def _block(self, one: Callable[[], None]) -> None:
        opening = self._at.sign("{")
        if self._depth == _DEEPEST:
            raise Unexpected(f"nests blocks deeper than {_DEEPEST}", opening.line)
        self._depth += 1
        self._statements(one)
        self._depth -= 1
        self._at.sign("}")

    def _declaration(self) -> None:
        at = self._at
        if at.at(*_VISIBILITIES):
            at.step()
        if at.maybe("package"):
            self.result.package = at.take("word").value
            at.sign(";")
        elif at.maybe("import"):
            at.maybe("public", "weak", "option")
            self.result.imports.append(at.take("text").value)
            at.sign(";")
        elif at.maybe("message"):
            self._message(self.result.package)
        elif at.maybe("enum"):
            self._enum(self.result.package)
        elif at.maybe("service"):
            name = _joined(self.result.package, at.take("word").value)
            self._block(lambda: self._method(name))
        elif at.at("syntax", "edition", "option", "extend"):
            at.skip()
        else:
            raise Unexpected("has something other than a declaration where one is due", at.now.line)

    def _enum(self, scope: str) -> None:
        self.result.enums.add(_joined(scope, self._at.take("word").value))
        self._at.skip()

    def _method(self, service: str) -> None:
        at = self._at
        if at.at("option"):
            at.skip()
            return
        if not at.maybe("rpc"):
            raise Unexpected("has no method where one is due", at.now.line)
        name = at.take("word")
        types = [self._message_type()]
        if not at.maybe("returns"):
            raise Unexpected("has a method without an answer", at.now.line)
        types.append(self._message_type())
        self.result.methods.append(ProtoMethod(f"{service}/{name.value}", service, types[0], types[1], name.line))
        at.skip()

    def _message_type(self) -> str:
        self._at.sign("(")
        if self._at.at("stream") and not self._at.follows(")"):
            self._at.step()
        name = self._at.take("word").value
        self._at.sign(")")
        return name

    def _message(self, scope: str) -> None:
        name = self._at.take("word")
        message = ProtoMessage(_joined(scope, name.value), name.line)
        self.result.messages.append(message)
        self._block(lambda: self._member(message))

    def _member(self, message: ProtoMessage) -> None:
        at = self._at
        if at.at(*_VISIBILITIES) and (at.follows("message") or at.follows("enum")):
            at.step()
        if at.at("option", "reserved", "extend"):
            at.skip()
        elif at.at("extensions"):
            message.extensible = True
            at.skip()
        elif at.maybe("message"):
            self._message(message.name)
        elif at.maybe("enum"):
            self._enum(message.name)
        elif at.maybe("oneof"):
            at.take("word")
            self._block(lambda: self._member(message))
        elif at.at("map") and at.follows("<"):
            self._map(message)
        else:
            self._field(message)

    def _map(self, message: ProtoMessage) -> None:
        first = self._at.step().line
        self._at.sign("<")
        key = self._at.take("word").value
        self._at.sign(",")
        value = self._at.take("word").value
        self._at.sign(">")
        self._rest(message, self._at.take("word").value, value, first, repeated=False, key=key)

    def _field(self, message: ProtoMessage) -> None:
        at, first = self._at, self._at.now.line
        repeated = at.at("repeated")
        if at.at(*_LABELS):
            at.step()
        if not at.at("group"):
            kind = at.take("word").value
            self._rest(message, at.take("word").value, kind, first, repeated=repeated)
            return
        at.step()
        name = at.take("word").value
        group = ProtoMessage(_joined(message.name, name), first)
        self.result.messages.append(group)
        message.fields.append(ProtoField(name.lower(), name, first, repeated))
        at.sign("=")
        at.take("number")
        if at.at("["):
            self._options()
        self._block(lambda: self._member(group))

    def _rest(
        self, message: ProtoMessage, name: str, kind: str, first: int, *, repeated: bool, key: str | None = None
    ) -> None:
        self._at.sign("=")
        self._at.take("number")
        options = self._options() if self._at.at("[") else []
        last = self._at.sign(";").line
        comment = comment_of(self._comments.of(first, last))
        marks, form = read_marks(options), format_of(options)
        message.fields.append(ProtoField(name, kind, first, repeated, key, comment, marks, form))

    def _options(self) -> _Options:
        """The options in brackets: every scalar under its option's name, and its own within a braced value."""
        at = self._at
        at.sign("[")
        found: _Options = []
        while True:
            name: list[str] = []
            while at.now.kind != "end" and not at.at("=", "]", ",", ";", "{", "}"):
                name.append(at.step().value)
            at.sign("=")
            found += self._values(" ".join(name))
            if not at.maybe(","):
                break
        at.sign("]")
        return found

    def _values(self, name: str) -> Iterator[tuple[str, str]]:
        at, depth, key = self._at, 0, name
        while at.now.kind != "end" and (depth > 0 or not at.at(",", "]", ";", "}")):
            token = at.step()
            if token.kind == "sign":
                depth += (token.value in ("[", "{", "<")) - (token.value in ("]", "}", ">"))
            elif depth and at.at(":", "{"):
                key = f"{name} {token.value}"
            else:
                yield key, token.value


def _joined(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name
