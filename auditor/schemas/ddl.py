"""Schema files to what they declare: DDL of any SQL dialect (`pg_dump`, `mysqldump`, hand-written) to tables, YAML
beside it (fides data sets, dbt properties) to annotations of their columns."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from auditor.annotations.files import SUFFIXES as YAML_SUFFIXES
from auditor.annotations.files import is_yaml, read_notes
from auditor.annotations.notes import Annotation
from auditor.annotations.statements import statement_annotations
from auditor.errors import InputError
from auditor.telemetry.compression import open_text
from lineage.catalog import Declared
from lineage.model import Gap, Input
from lineage.sql import Output
from lineage.sql.ddl import parse_ddl

SUFFIXES = (".sql", ".ddl", ".sql.gz", ".ddl.gz", ".sql.zst")


@dataclass(frozen=True, slots=True)
class Schemas:
    """What the schema files declare, what was read, and the statements in them that could not be."""

    declared: tuple[Declared, ...] = ()
    inputs: tuple[Input, ...] = ()
    gaps: tuple[Gap, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    views: tuple[tuple[str, Output], ...] = ()  # (file, what a column of a view in it is made from)


def read_schemas(arguments: list[str]) -> Schemas:
    """Read every `[STORE=]PATH`; a folder stands for the schema files in it, YAML about other things left aside.

    Raises InputError for what is not there, and for a YAML file that was named and describes no data.
    """
    declared: list[Declared] = []
    inputs: list[Input] = []
    gaps: list[Gap] = []
    annotations: list[Annotation] = []
    views: list[tuple[str, Output]] = []
    for argument in arguments:
        store, path = _split(argument)
        for file in _files(path):
            data = open_text(file)
            if is_yaml(file.name):
                notes = read_notes(data, file.name, store)
                if notes is not None:
                    annotations += notes.annotations
                    gaps += notes.gaps
                    inputs.append(Input(file.name, hashlib.sha256(data).hexdigest(), "annotations", 0))
                elif not path.is_dir():
                    raise InputError(f"{file}: neither a fides data set nor dbt properties with columns")
                continue
            text = data.decode("utf-8", errors="replace")
            ddl = parse_ddl(text, file.name)
            annotations += statement_annotations(text, file.name, store)
            declared += [Declared(table, store) for table in ddl.tables]
            views += [(file.name, output) for output in ddl.fills]
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
    return Schemas(tuple(declared), tuple(inputs), tuple(gaps), tuple(annotations), tuple(views))


def _split(argument: str) -> tuple[str | None, Path]:
    if Path(argument).exists():
        return None, Path(argument)
    store, separator, path = argument.partition("=")
    if not separator:
        return None, Path(argument)
    return store, Path(path)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if p.is_file() and p.name.lower().endswith(SUFFIXES + YAML_SUFFIXES))
        if not found:
            looked = ", ".join(SUFFIXES + YAML_SUFFIXES)
            raise InputError(f"{path}: no schema file in this folder (looked for {looked})")
        return found
    if not path.is_file():
        raise InputError(f"{path}: no such schema file; --schema takes [STORE=]PATH of a DDL file or folder")
    return [path]
