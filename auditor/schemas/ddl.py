"""DDL files (`pg_dump`, `mysqldump`, hand-written; any SQL dialect) to declared tables."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import InputError
from auditor.telemetry.compression import open_text
from lineage.catalog import Declared
from lineage.model import Gap, Input
from lineage.sql.ddl import parse_ddl

SUFFIXES = (".sql", ".ddl", ".sql.gz", ".ddl.gz", ".sql.zst")


@dataclass(frozen=True, slots=True)
class Schemas:
    """What the schema files declare, what was read, and the statements in them that could not be."""

    declared: tuple[Declared, ...] = ()
    inputs: tuple[Input, ...] = ()
    gaps: tuple[Gap, ...] = ()


def read_schemas(arguments: list[str]) -> Schemas:
    """Read every `[STORE=]PATH`; a folder stands for the DDL files in it. Raises InputError for what is not there."""
    declared: list[Declared] = []
    inputs: list[Input] = []
    gaps: list[Gap] = []
    for argument in arguments:
        store, path = _split(argument)
        for file in _files(path):
            data = open_text(file)
            text = data.decode("utf-8", errors="replace")
            ddl = parse_ddl(text, file.name)
            declared += [Declared(table, store) for table in ddl.tables]
            inputs.append(Input(file.name, hashlib.sha256(data).hexdigest(), "ddl", 0))
            if ddl.problems:
                lines = ", ".join(str(problem.line) for problem in ddl.problems[:5])
                total = len(ddl.tables) + len(ddl.problems)
                gaps.append(
                    Gap(
                        "unread_ddl",
                        f"{file.name} (line {lines})",
                        len(ddl.problems),
                        round(len(ddl.problems) / total, 4),
                        "statements of a schema file that could not be read: their tables and columns are missing",
                    )
                )
            if not ddl.tables:
                gaps.append(Gap("unread_ddl", file.name, 1, 1.0, "a schema file in which no table was found"))
    return Schemas(tuple(declared), tuple(inputs), tuple(gaps))


def _split(argument: str) -> tuple[str | None, Path]:
    if Path(argument).exists():
        return None, Path(argument)
    store, separator, path = argument.partition("=")
    if not separator:
        return None, Path(argument)
    return store, Path(path)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if p.is_file() and p.name.lower().endswith(SUFFIXES))
        if not found:
            raise InputError(f"{path}: no DDL file in this folder (looked for {', '.join(SUFFIXES)})")
        return found
    if not path.is_file():
        raise InputError(f"{path}: no such schema file; --schema takes [STORE=]PATH of a DDL file or folder")
    return [path]
