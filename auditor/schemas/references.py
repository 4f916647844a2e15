"""JSON and YAML schema files that refer to each other: reads each once, follows `$ref` by file, `$id` and anchor."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from urllib.parse import unquote, urldefrag, urljoin

from auditor.schemas.document import Items, Object, Unreadable, Value, object_of, read_document, text_of
from auditor.schemas.payloads import Problem, SchemaFile

_MOST_PROBLEMS = 20  # of one file; one mistake is often made all over it
_MOST_HOPS = 32
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


class Library:
    """Files by their place. Only files that were given are read; what is wrong is kept in `problems`."""

    def __init__(self, files: Sequence[SchemaFile]) -> None:
        self._files = {_place(file): file for file in files}
        self._roots: dict[str, Value] = {}
        self._broken: dict[str, Unreadable] = {}
        self._anchors: dict[str, dict[str, Value]] = {}
        self._ids: dict[str, tuple[Value, SchemaFile]] | None = None
        self._problems: dict[str, dict[Problem, None]] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was found to be wrong, in the order it was met."""
        return tuple(problem for problems in self._problems.values() for problem in problems)

    def complain(self, file: SchemaFile, line: int, what: str) -> None:
        """Keep a problem, once, and not too many of one file."""
        of_file = self._problems.setdefault(_place(file), {})
        if len(of_file) < _MOST_PROBLEMS:
            of_file[Problem(file.name, line, what)] = None

    def root(self, file: SchemaFile) -> Value:
        """What a file holds; None when it cannot be read, which is a problem."""
        root = self._load(file)
        if error := self._broken.get(_place(file)):
            self.complain(file, error.line, str(error))
        return root

    def _load(self, file: SchemaFile) -> Value:
        """As `root`, but a file that nobody asked for may be broken."""
        place = _place(file)
        if place not in self._roots:
            self._roots[place] = None
            try:
                self._roots[place] = read_document(file.data)
            except Unreadable as error:
                self._broken[place] = error
        return self._roots[place]

    def put(self, file: SchemaFile, root: Value) -> None:
        """Make known what a file holds that was read elsewhere, such as one within another."""
        self._files[_place(file)] = file
        self._roots[_place(file)] = root

    def follow(self, value: Value, file: SchemaFile) -> tuple[Value, SchemaFile]:
        """A value, or what its `$ref` leads to through any number of references, with the file that it stands in.

        (None, file) when it leads nowhere, which is a problem.
        """
        for _ in range(_MOST_HOPS):
            if not self.refers(value):
                return value, file
            found = self.step(value, file)
            if found is None:
                return None, file
            value, file = found
        self.complain(file, 0, "has references that lead in a circle")
        return None, file

    def refers(self, value: Value) -> bool:
        """Whether a value is a reference to another."""
        return bool(_reference(value))

    def step(self, value: Object, file: SchemaFile) -> tuple[Value, SchemaFile] | None:
        """What a reference leads to; None when it leads nowhere, which is a problem."""
        found = self.find(_reference(value), file)
        if found is None:
            self.complain(file, value.line, "refers to something that is not in the files given")
        return found

    def find(self, reference: str, file: SchemaFile) -> tuple[Value, SchemaFile] | None:
        """What a reference from a file means; None when there is nothing."""
        address, fragment = urldefrag(reference)
        if not address:
            return self._inside(self.root(file), fragment, file)
        target = self._files.get(os.path.normpath(os.path.join(os.path.dirname(_place(file)), unquote(address))))
        if target is not None:
            return self._inside(self.root(target), fragment, target)
        known = self._by_id()
        for key in (address, _joined(_id(self.root(file)), address)):
            if key in known:
                return self._inside(known[key][0], fragment, known[key][1])
        return None

    def _inside(self, root: Value, fragment: str, file: SchemaFile) -> tuple[Value, SchemaFile] | None:
        value: Value = root
        if fragment and not fragment.startswith("/"):
            value = self._anchor(file).get(fragment)
            return None if value is None else (value, file)
        for part in fragment.split("/")[1:]:
            name = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(value, Items) and name.isascii() and name.isdigit() and len(name) < 9:
                value = value[int(name)] if int(name) < len(value) else None
            else:
                value = object_of(value).get(name)
        return None if value is None else (value, file)

    def _anchor(self, file: SchemaFile) -> dict[str, Value]:
        place = _place(file)
        if place not in self._anchors:
            found: dict[str, Value] = {}
            for part in _objects(self.root(file)):
                for key in ("$anchor", "$dynamicAnchor"):
                    if name := text_of(part.get(key)):
                        found.setdefault(name, part)
                if _id(part).startswith("#"):
                    found.setdefault(_id(part)[1:], part)
            self._anchors[place] = found
        return self._anchors[place]

    def _by_id(self) -> dict[str, tuple[Value, SchemaFile]]:
        if self._ids is None:
            self._ids = {}
            for file in self._files.values():
                if b"id" not in file.data:
                    continue
                base = _id(self._load(file))
                for part in _objects(self._load(file)):
                    if name := _id(part):
                        self._ids.setdefault(_joined(base, name).rstrip("#"), (part, file))
        return self._ids


def _objects(root: Value) -> Iterator[Object]:
    """Every mapping of a document once, outermost first."""
    waiting, seen = [root], set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, Object | Items) and id(value) not in seen:
            seen.add(id(value))
            if isinstance(value, Object):
                yield value
            waiting += reversed(list(value.values()) if isinstance(value, Object) else value)


def _reference(value: Value) -> str:
    holder = object_of(value)
    return next((text for key in _REFERENCES if (text := text_of(holder.get(key)))), "")


def _id(value: Value) -> str:
    holder = object_of(value)
    return text_of(holder.get("$id")) or text_of(holder.get("id"))


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def _place(file: SchemaFile) -> str:
    return os.path.abspath(file.path)
