"""DDL of any SQL dialect (`pg_dump`, `mysqldump`, hand-written) to tables, and what of it could not be read."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.annotations.notes import Annotation
from auditor.annotations.statements import statement_annotations
from auditor.schemas.payloads import SchemaFile
from lineage.catalog import Declared
from lineage.model import Gap
from lineage.sql import Output
from lineage.sql.ddl import parse_ddl


@dataclass(frozen=True, slots=True)
class Tables:
    """What one DDL file declares; `views` are what columns of a view are made from, `annotations` what it says of
    columns."""

    declared: tuple[Declared, ...]
    views: tuple[tuple[str, Output], ...]
    gaps: tuple[Gap, ...]
    annotations: tuple[Annotation, ...] = ()


def read_ddl(file: SchemaFile) -> Tables:
    """The tables of a DDL file, bound to the store that the file was bound to."""
    text = file.data.decode("utf-8", errors="replace")
    ddl = parse_ddl(text, file.name)
    gaps: list[Gap] = []
    if ddl.problems:
        lines = ", ".join(str(problem.line) for problem in ddl.problems[:5])
        total = len(ddl.tables) + len(ddl.problems)
        hides = "statements of a schema file that could not be read: their tables and columns are missing"
        share = round(len(ddl.problems) / total, 4)
        gaps.append(Gap("unread_ddl", f"{file.name} (line {lines})", len(ddl.problems), share, hides))
    if not ddl.tables:
        gaps.append(Gap("unread_ddl", file.name, 1, 1.0, "a schema file in which no table was found"))
    declared = tuple(Declared(table, file.service) for table in ddl.tables)
    views = tuple((file.name, output) for output in ddl.fills)
    return Tables(declared, views, tuple(gaps), tuple(statement_annotations(text, file.name, file.service)))
