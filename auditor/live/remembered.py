"""Statements that were read once are not read again: audits are made all the time, and statements hardly change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.sqlworker import Schema, StatementReader
from lineage.sql.analyse import Request
from lineage.sql.facts import StatementFacts

_MOST = 100_000  # statements
Key = tuple[str, str | None, int, tuple[str, ...]]


class RememberingReader(StatementReader):
    """Remembers facts by statement, dialect, what is in the schema, and the statements before."""

    def __init__(self) -> None:
        super().__init__()
        self._facts: dict[Key, StatementFacts] = {}
        self._schemas: dict[tuple[tuple[str, tuple[str, ...]], ...], int] = {}  # contents by number
        self._numbers: dict[int, tuple[int, Schema]] = {}  # numbers by identity, which is kept alive for that

    def read_all(self, requests: Iterable[Request]) -> Iterator[StatementFacts]:
        """As it says there; all requests are taken before the first facts are given."""
        self._make_room()
        asked = [(self._key(request), request) for request in requests]
        new = {key: request for key, request in asked if key not in self._facts}
        for key, facts in zip(new, super().read_all(new.values()), strict=True):
            self._facts[key] = facts
        self._numbers.clear()
        return (self._facts[key] for key, _ in asked)

    def _key(self, request: Request) -> Key:
        sql, dialect, schema, before = request
        return sql, dialect, self._number(schema) if schema else 0, before

    def _number(self, schema: Schema) -> int:
        known = self._numbers.get(id(schema))
        if known is None:
            contents = tuple(sorted((table, tuple(columns)) for table, columns in schema.items()))
            known = self._schemas.setdefault(contents, len(self._schemas) + 1), schema
            self._numbers[id(schema)] = known
        return known[0]

    def _make_room(self) -> None:
        if len(self._facts) > _MOST:
            self._facts.clear()
            self._schemas.clear()
