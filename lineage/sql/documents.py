"""What a document command (MongoDB, Elasticsearch) shows: collection, field paths and their roles.

Works on stored shapes, `{find: users, filter: {email: ?}}`, and on the JSON they were made from. Values do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lineage.model import Role
from lineage.sql.dialects import words

_PIECE = re.compile(
    r"\"(?:[^\"\\]++|\\.)*+(?:\"|\Z)|'(?:[^'\\]++|\\.)*+(?:'|\Z)|[{}\[\]():,]|[^\s{}\[\]():,\"']++", re.DOTALL
)
_PATH = re.compile(r"(?!(?:.*\d){4})[A-Za-z_][\w-]{0,39}(?:\.[\w-]{1,39}){0,8}", re.ASCII)
_DEEPEST = 60
_MOST_PIECES = 20_000

Node = dict[str, "Node"] | list["Node"] | str

_READS = words("find aggregate count distinct")
_WRITES = words("insert update delete findAndModify findandmodify")
_SHELL = re.compile(r"db\.([A-Za-z_][\w-]{0,39})\.([A-Za-z]{2,30})\(")
_SEARCH = re.compile(r"(GET|POST|PUT|DELETE|HEAD) /([a-z][\w.-]{0,39})/(_[a-z_]{1,20})")
_LEAF_QUERIES = words(
    "term terms match match_phrase match_phrase_prefix match_bool_prefix range prefix wildcard regexp fuzzy "
    "terms_set geo_distance geo_bounding_box intervals"
)


@dataclass(slots=True)
class Found:
    """Field paths by role, in order, of one collection; `whole` says that all fields of its documents come back."""

    collection: str | None = None
    writes: bool = False
    reads: bool = False
    whole: bool = False
    fields: dict[tuple[str, Role], None] = field(default_factory=dict)

    def add(self, paths: Iterator[str], role: Role) -> None:
        """Puts field paths into a role; what does not look like a path is passed over."""
        self.fields.update({(path, role): None for path in paths if _PATH.fullmatch(path)})


def read_document(text: str) -> Found | None:
    """What a document command names. None: it is none, or names nothing."""
    search, shell = _SEARCH.match(text), _SHELL.match(text)
    start = search.end() if search else shell.end() - 1 if shell else 0
    bodies = _parsed(text[start:])
    first = next((body for body in bodies if isinstance(body, dict)), {})
    verb = next(iter(first), "")
    if shell:
        return _of_shell(shell[1], shell[2], [body for body in bodies if isinstance(body, dict)])
    if verb in _READS | _WRITES and isinstance(first[verb], str):
        return _of_mongo(verb, first)
    if search or "query" in first:
        return _of_search(search, first)
    if not bodies or not isinstance(bodies[0], dict):
        return None
    found = Found(reads=True)  # a filter alone, as some instrumentations record it
    found.add(_paths(first), "filtered")
    return found if found.fields else None


def _of_mongo(verb: str, body: dict[str, Node]) -> Found:
    name = body[verb]
    found = Found(name if isinstance(name, str) and _PATH.fullmatch(name) else None)
    found.writes, found.reads = verb in _WRITES, verb in _READS
    for key in ("filter", "query"):
        found.add(_paths(body.get(key, "")), "filtered")
    for key in ("projection", "fields"):
        found.add(_paths(body.get(key, "")), "projected")
    found.add(_paths(body.get("sort", "")), "ordered")
    found.add(_paths(body.get("documents", "")), "written")
    found.add(_changed(body.get("update", "")), "written")
    found.whole = verb == "find" and not body.get("projection")
    for each in (*_dicts(body.get("updates", "")), *_dicts(body.get("deletes", ""))):
        found.add(_paths(each.get("q", "")), "filtered")
        found.add(_changed(each.get("u", "")), "written")
    for stage in _dicts(body.get("pipeline", "")):
        found.add(_paths(stage.get("$match", "")), "filtered")
        found.add(_paths(stage.get("$sort", "")), "ordered")
    return found


def _of_shell(collection: str, method: str, bodies: list[dict[str, Node]]) -> Found:
    """`db.users.updateOne({filter}, {change})`."""
    found = Found(collection, writes=not method.startswith(("find", "count", "aggregate", "distinct", "estimated")))
    found.writes = found.writes or "And" in method
    found.reads = not found.writes
    found.whole = method in ("find", "findOne") and len(bodies) < 2
    rest: Role = "written" if found.writes else "projected"
    if method.startswith("insert"):
        bodies = [{}, *bodies]
    for position, body in enumerate(bodies[:2]):
        found.add(_changed(body) if position and found.writes else _paths(body), rest if position else "filtered")
    return found


def _of_search(search: re.Match[str] | None, body: dict[str, Node]) -> Found:
    endpoint = search[3] if search else "_search"
    found = Found(search[2] if search else None, writes=endpoint in words("_doc _create _update _update_by_query"))
    found.writes = (found.writes and (not search or search[1] != "GET")) or endpoint == "_delete_by_query"
    found.reads = not found.writes
    found.whole = found.reads and "_source" not in body
    found.add(_searched(body.get("query", "")), "filtered")
    found.add(_paths(body.get("sort", "")), "ordered")
    if endpoint in ("_doc", "_create") and found.writes:
        found.add(_paths(body), "written")
    found.add(_paths(body.get("doc", "")), "written")
    return found


def _paths(node: Node, before: str = "") -> Iterator[str]:
    """Field paths of a filter, a document or a list of them; `$` operators are looked through."""
    if isinstance(node, list):
        for each in node:
            yield from _paths(each, before)
        return
    for key, value in node.items() if isinstance(node, dict) else ():
        if key.startswith("$"):
            yield from _paths(value, before)
            continue
        path = f"{before}.{key}" if before else key
        inner = [k for k in value if not k.startswith("$")] if isinstance(value, dict) else []
        if inner:
            yield from _paths(value, path)
        else:
            yield path


def _changed(node: Node) -> Iterator[str]:
    """Fields that `{$set: {..}}` or a replacing document writes."""
    for each in _dicts(node):
        yield from _paths(each)


def _searched(node: Node) -> Iterator[str]:
    """Fields that an Elasticsearch query looks at."""
    if isinstance(node, list):
        for each in node:
            yield from _searched(each)
    for key, value in node.items() if isinstance(node, dict) else ():
        if key in _LEAF_QUERIES and isinstance(value, dict):
            yield from (name for name in value if name not in ("boost", "_name"))
        else:
            yield from _searched(value)


def _dicts(node: Node) -> list[dict[str, Node]]:
    nodes = node if isinstance(node, list) else [node]
    return [each for each in nodes if isinstance(each, dict)]


def _parsed(text: str) -> list[Node]:
    """The values in a JSON-like text, keys with or without quotes; what is cut off ends where the text does."""
    root: list[Node] = []
    stack: list[dict[str, Node] | list[Node]] = [root]
    key: str | None = None
    for number, found in enumerate(_PIECE.finditer(text)):
        piece = found.group()
        if number > _MOST_PIECES or len(stack) > _DEEPEST:
            return []
        if piece in ("{", "["):
            node: dict[str, Node] | list[Node] = {} if piece == "{" else []
            _put(stack[-1], key, node)
            stack.append(node)
            key = None
        elif piece in ("}", "]"):
            if len(stack) > 1:
                stack.pop()
            key = None
        elif piece == ",":
            key = None
        elif piece not in ("(", ")", ":"):
            word = piece.strip("\"'")
            if isinstance(stack[-1], dict) and key is None:
                key = word
                stack[-1].setdefault(key, "")
            else:
                _put(stack[-1], key, word)
    return root


def _put(into: dict[str, Node] | list[Node], key: str | None, node: Node) -> None:
    if isinstance(into, list):
        into.append(node)
    elif key is not None:
        into[key] = node
