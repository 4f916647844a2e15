"""A service's database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import psycopg2
from psycopg2.extras import NamedTupleCursor

from clinic.settings import setting


class Store:
    """One of the databases, connected to when it is first needed."""

    def __init__(self, name: str) -> None:
        self._name = name

    @cached_property
    def _connection(self) -> Any:
        # `host` is the database's name, `hostaddr` where it is today.
        address = f"host={self._name}-db hostaddr=127.0.0.1 port={setting('database_port')}"
        connection = psycopg2.connect(f"{address} dbname={self._name} user=postgres", cursor_factory=NamedTupleCursor)
        connection.autocommit = True
        return connection

    def run(self, sql: str, *values: Any) -> list[Any]:
        """One statement and its rows, as named tuples."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is run inside happens as a whole, or not at all."""
        self._connection.autocommit = False
        try:
            with self._connection:
                yield
        finally:
            self._connection.autocommit = True
