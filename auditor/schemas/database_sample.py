"""Rows of a live table, judged in memory and forgotten: what is left are labels with shapes and shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifiers.classify import classify
from classifiers.model import Field, Label
from classifiers.tools import Tools
from lineage.counted import OWN_MARK
from lineage.names import short_name
from lineage.tables import Table

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LONGEST = 4096  # characters of a value that are looked at


def sampled(
    connection: Connection, schema: str | None, name: str, table: Table, rows: int, tools: Tools
) -> dict[str, tuple[Label, ...]] | None:
    """Column to its labels by name and values, of up to `rows` rows; None when the table cannot be read.

    `tools` are the team's own for values. A column without any value has no entry. Raises ModelUnavailable.
    """
    import sqlalchemy
    from sqlalchemy import exc

    columns = [sqlalchemy.column(column.name, sqlalchemy.types.NullType()) for column in table.columns]
    source = sqlalchemy.table(name, schema=schema).alias(OWN_MARK)
    query = sqlalchemy.select(*columns).select_from(source).limit(rows)
    values: list[list[str]] = [[] for _ in columns]
    try:
        with connection.begin_nested():  # so that a refusal here does not end the transaction
            for row in connection.execute(query):
                for texts, value in zip(values, row, strict=True):
                    if value is not None and not isinstance(value, bytes | bytearray | memoryview):
                        texts.append(str(value)[:_LONGEST])
    except (exc.SQLAlchemyError, ValueError, OverflowError):
        return None
    names = tuple(column.name for column in table.columns)
    return {
        column.name: classify(
            Field(column.name, short_name(table.name), column.type, column.comment, names), texts, tools
        )
        for column, texts in zip(table.columns, values, strict=True)
        if texts
    }
