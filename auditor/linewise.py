"""`auditor classify` and `auditor sql`: one JSON object a line in, one a line out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated

import typer

from auditor.errors import InputError, UsageProblem
from auditor.options import ConfigOption

Row = dict[str, object]


def classify(
    source: Annotated[str, typer.Argument(metavar="FILE", help="A file of fields, or - for standard input.")] = "-",
    format_: Annotated[
        str, typer.Option("--format", metavar="jsonl", help="One JSON object a line, in and out.")
    ] = "jsonl",
    config: ConfigOption = None,
) -> int:
    """Label fields, a line each.

    {"table", "column", "type"?, "comment"?, "values"?} in, labels with evidence out.
    """
    from auditor.classify import answers
    from auditor.config import load_config

    _check(format_, "jsonl")
    settings = load_config(config)
    return _answer(source, lambda rows: answers(rows, settings))


def sql(
    source: Annotated[str, typer.Argument(metavar="FILE", help="A file of statements, or - for standard input.")] = "-",
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="jsonl|semconv",
            help="One JSON object a line: what a statement touches (jsonl), or the text without literals and the "
            "summary that OpenTelemetry wants in spans (semconv).",
        ),
    ] = "jsonl",
) -> int:
    """Read statements of SQL, a line each.

    {"id", "sql", "dialect"?, "schema"?} in; tables, columns with roles, and outputs out.
    """
    from auditor.sqlworker import StatementReader
    from lineage.sql.jsonl import answer
    from lineage.sql.semconv import conventional

    _check(format_, "jsonl", "semconv")
    if format_ == "semconv":
        return _answer(source, lambda rows: map(conventional, rows))
    with StatementReader() as reader:
        return _answer(source, lambda rows: (answer(row, reader) for row in rows))


def _check(format_: str, *known: str) -> None:
    if format_ not in known:
        raise UsageProblem(f"--format must be {' or '.join(known)}")


def _answer(source: str, answers: Callable[[Iterable[Row]], Iterable[Row]]) -> int:
    try:
        stream = sys.stdin.buffer if source == "-" else open(source, "rb")  # noqa: SIM115 (closed below)
    except OSError as error:
        raise InputError(f"{source}: cannot be read ({error.strerror})") from None
    with stream:
        for answer in answers(_rows(stream, source)):
            sys.stdout.write(json.dumps(answer) + "\n")
    return 0


def _rows(stream: Iterable[bytes], source: str) -> Iterator[Row]:
    for number, line in enumerate(stream, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise InputError(f"{source}: line {number}: is not JSON") from None
        if not isinstance(row, dict):
            raise InputError(f"{source}: line {number}: is not a JSON object")
        yield row
