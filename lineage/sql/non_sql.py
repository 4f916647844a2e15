"""Facts of statements in languages other than SQL: what their text shows for certain, and nothing more."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lineage.sql.dialects import words
from lineage.sql.documents import read_document
from lineage.sql.facts import ColumnUse, Output, StatementFacts

NOTHING_KNOWN = StatementFacts("not_sql")

_KEYED = words("redis valkey memcached")
_DOCUMENTS = words("mongodb elasticsearch opensearch documentdb aws.documentdb")
_KEY = re.compile(r"([A-Za-z.]{2,20}) ((?:[a-z_]{1,30}:)+)\?")
_WRITING = words(
    """append bitfield bitop blmove brpoplpush copy decr decrby del expire expireat fcall geoadd getdel getset hdel
    hincrby hincrbyfloat hmset hset hsetnx incr incrby incrbyfloat linsert lmove lpop lpush lpushx lrem lset ltrim move
    mset msetnx persist pexpire pfadd pfmerge psetex rename renamenx restore rpop rpoplpush rpush rpushx sadd set setbit
    setex setnx setrange smove spop srem unlink xadd xdel xtrim zadd zincrby zpopmax zpopmin zrem add replace prepend
    cas delete json.set json.del"""
)


def analyse_command(text: str, system: str | None, collection: str | None = None) -> StatementFacts:
    """Facts of a stored shape that is not SQL; `parse` is always "not_sql". Never raises.

    MongoDB and Elasticsearch: the collection or index is the table, field paths are its columns; `collection` is what
    the span itself says where the text does not. Redis and Memcached: the head of the key is the table, `session:?`.
    Anything else gives no facts: a gap rather than a wrong table.
    """
    name = (system or "").strip().lower()
    if name in _KEYED:
        return _keyed(text)
    return _document(text, collection) if name in _DOCUMENTS else NOTHING_KNOWN


def _keyed(text: str) -> StatementFacts:
    read: set[str] = set()
    written: set[str] = set()
    for line in text.split("; "):
        found = _KEY.match(line)
        if found:
            (written if found[1].lower() in _WRITING else read).add(f"{found[2]}?")
    return _facts([*read], [*written], [ColumnUse(name, "*", "projected", certain=False) for name in read])


def _document(text: str, collection: str | None) -> StatementFacts:
    found = read_document(text)
    if found is None:
        return NOTHING_KNOWN
    table = found.collection or collection
    certain = found.collection is not None
    # A value behind a projected field is masked: it may say that the field is left out.
    uses = [ColumnUse(table, path, role, certain and role != "projected") for path, role in found.fields]
    if table and found.whole:
        uses.append(ColumnUse(table, "*", "projected", certain=False))
    names = (table,) if table else ()
    return _facts(names if found.reads else (), names if found.writes else (), uses)


def _facts(read: Sequence[str], written: Sequence[str], uses: list[ColumnUse]) -> StatementFacts:
    """What is projected comes back to the caller: each such column is an output of its own."""
    ordered = tuple(sorted(uses, key=_order))
    outputs = tuple(
        Output(use.column, None, True, (f"{use.table}.{use.column}",), ("whole",))
        for use in ordered
        if use.table and use.role == "projected"
    )
    return StatementFacts("not_sql", tuple(sorted(read)), tuple(sorted(written)), ordered, outputs)


def _order(use: ColumnUse) -> tuple[str, str, str]:
    return use.table or "", use.column, use.role
