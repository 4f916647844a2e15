"""The `--schema` arguments to what they declare: tables, annotations of columns, and payloads of exchanges."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from auditor.annotations.files import is_yaml, read_notes
from auditor.annotations.notes import Annotation
from auditor.errors import InputError
from auditor.schemas import asyncapi, avro, jsonschema, openapi, protobuf, thrift
from auditor.schemas.database import Sampled, divide, read_databases
from auditor.schemas.ddl import Tables, read_ddl
from auditor.schemas.detect import DOCUMENTS, SUFFIXES, kind_of, suffix_of
from auditor.schemas.payloads import Payloads, Problem, SchemaFile, joined
from auditor.telemetry.compression import open_text
from classifiers.tools import USUAL, Tools
from lineage.audit import Input
from lineage.catalog import Declared
from lineage.model import Gap
from lineage.sql import Output

Reader = Callable[[Sequence[SchemaFile]], Payloads]


def _graphql(files: Sequence[SchemaFile]) -> Payloads:
    from auditor.schemas import graphql  # takes long to load, and few have such schemas

    return graphql.read(files)


READERS: Mapping[str, Reader] = {
    "protobuf": protobuf.read,
    "descriptor_set": protobuf.read,
    "openapi": openapi.read,
    "asyncapi": asyncapi.read,
    "avro": avro.read,
    "jsonschema": jsonschema.read,
    "graphql": _graphql,
    "thrift": thrift.read,
}

REFERRING = (asyncapi.read, avro.read, jsonschema.read, openapi.read)  # their schemas may refer to other files


@dataclass(frozen=True, slots=True)
class Schemas:
    """What the schema files declare, what was read, and what in them could not be."""

    declared: tuple[Declared, ...] = ()
    inputs: tuple[Input, ...] = ()
    gaps: tuple[Gap, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    views: tuple[tuple[str, Output], ...] = ()  # (file, what a column of a view in it is made from)
    payloads: Payloads = field(default_factory=Payloads)
    sampled: Sampled = field(default_factory=dict)  # labels of columns of live databases whose values were judged


def read_schemas(arguments: list[str], sample: int = 0, tools: Tools = USUAL) -> Schemas:
    """Read every `[NAME=]PATH_OR_URL`; a folder stands for the schema files in it, other files left aside.

    NAME is the store that DDL and annotations belong to, the service that payload schemas belong to. `sample`: how many
    rows of each table of a live database may be looked at, in memory, with the team's `tools` for values; 0 for none.
    Raises InputError for what is not there, and for a file that was named and is no schema.
    """
    urls, paths = divide(arguments)
    live = read_databases(urls, sample, tools)
    parts = [
        Schemas(live.declared, live.inputs, live.gaps, (), live.views),  # what a database says of itself comes first
        *(_argument(argument) for argument in paths),
    ]
    return Schemas(
        tuple(declared for part in parts for declared in part.declared),
        tuple(entry for part in parts for entry in part.inputs),
        tuple(gap for part in parts for gap in part.gaps),
        tuple(annotation for part in parts for annotation in part.annotations),
        tuple(view for part in parts for view in part.views),
        joined([part.payloads for part in parts]),
        live.sampled,
    )


def _argument(argument: str) -> Schemas:
    name, path = split_argument(argument)
    files, gaps = _files(path, name)
    inputs: list[Input] = []
    tables: list[Tables] = []
    annotations: list[Annotation] = []
    groups: dict[Reader, list[SchemaFile]] = {}
    for file in files:
        kind = (kind_of(file) if path.is_dir() else _certain_kind(file)) or ""
        if kind == "annotations":
            notes = read_notes(file.data, file.name, name)
            if notes is None:
                continue
            annotations += notes.annotations
            gaps += notes.gaps
        elif kind == "ddl":
            tables.append(read_ddl(file))
        elif kind in READERS:
            groups.setdefault(READERS[kind], []).append(file)
        else:
            continue
        inputs.append(Input(file.name, hashlib.sha256(file.data).hexdigest(), kind, 0))
    found = joined(
        [reader(_with_documents(own, files) if reader in REFERRING else own) for reader, own in groups.items()]
    )
    return Schemas(
        tuple(declared for part in tables for declared in part.declared),
        tuple(inputs),
        (*gaps, *(gap for part in tables for gap in part.gaps), *_gaps(found.problems)),
        (*annotations, *(note for part in tables for note in part.annotations)),
        tuple(view for part in tables for view in part.views),
        found,
    )


def _with_documents(own: Sequence[SchemaFile], files: Sequence[SchemaFile]) -> list[SchemaFile]:
    """A reader's files, and all other documents of the folder, because schemas refer to them."""
    places = {file.path for file in own}
    return [*own, *(file for file in files if suffix_of(file.name) in DOCUMENTS and file.path not in places)]


def _certain_kind(file: SchemaFile) -> str:
    """As `kind_of`, for a file that was named: raises InputError when it is no schema."""
    kind = kind_of(file)
    if (kind == "annotations" and read_notes(file.data, file.name) is None) or (kind is None and is_yaml(file.name)):
        forms = "fides data set, dbt properties with columns, OpenAPI, AsyncAPI, JSON Schema"
        raise InputError(f"{file.path}: none of these: {forms}")
    if kind is None and suffix_of(file.name) in SUFFIXES:
        raise InputError(f"{file.path}: of no known schema format, or too damaged to be told")
    if kind is not None and kind not in READERS and kind not in ("annotations", "ddl"):
        raise InputError(f"{file.path}: schemas of the form {kind} cannot be read")
    return kind or "ddl"


def _gaps(problems: Sequence[Problem]) -> list[Gap]:
    """One gap for what is wrong with a file in one way, with the first line where it is."""
    found: dict[tuple[str, str], list[int]] = {}
    for problem in problems:
        found.setdefault((problem.file, problem.what), []).append(problem.line)
    hides = "what it says of payloads is missing, in part or whole"
    return [
        Gap("unread_schema", _where(file, lines[0]), len(lines), 1.0, f"a payload schema that {what}: {hides}")
        for (file, what), lines in found.items()
    ]


def _where(file: str, line: int) -> str:
    return f"{file}:{line}" if line else file


def split_argument(argument: str) -> tuple[str | None, Path]:
    """`[NAME=]PATH` as name and path; a file that is there may have `=` in its own name."""
    if Path(argument).exists():
        return None, Path(argument)
    name, separator, path = argument.partition("=")
    if not separator:
        return None, Path(argument)
    return name, Path(path)


def _files(path: Path, service: str | None) -> tuple[list[SchemaFile], list[Gap]]:
    """The files of an argument, and a gap for each file of a folder that cannot be read."""
    if not path.is_dir():
        if not path.is_file():
            raise InputError(f"{path}: no such schema file; --schema takes [NAME=]PATH of a schema file or folder")
        return [SchemaFile(path, path.name, open_text(path), service)], []
    places = sorted(p for p in path.rglob("*") if p.is_file() and suffix_of(p.name) in SUFFIXES)
    if not places:
        raise InputError(f"{path}: no schema file in this folder (looked for {', '.join(SUFFIXES)})")
    files: list[SchemaFile] = []
    gaps: list[Gap] = []
    for place in places:
        name = place.relative_to(path).as_posix()
        try:
            files.append(SchemaFile(place, name, open_text(place), service))
        except InputError:
            hides = "a file that is damaged, unreadable or too large: if it is a schema, what it declares is missing"
            gaps.append(Gap("unread_schema", name, 1, 1.0, hides))
    return files, gaps
