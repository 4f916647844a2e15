"""What a ClickHouse table of spans is asked, and in which pages. Values are bound by the server.

A span belongs to one page: by its time, and in a minute of very many spans by its trace too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from auditor.telemetry.otel_table import used_columns
from auditor.telemetry.trace_stores.question import Question

Parameters = dict[str, object]
MINUTE = 60 * 10**9
MARGIN = 10 * MINUTE  # how far from the spans that are asked for the rest of their traces is looked for
_PAGE = 50_000  # spans
_TIME = (
    "Timestamp >= fromUnixTimestamp64Nano({{{0}start:Int64}}) AND Timestamp < fromUnixTimestamp64Nano({{{0}end:Int64}})"
)
_PART = "cityHash64(TraceId) % {parts:UInt64} = {part:UInt64}"
_SERVICES = "ServiceName IN {services:Array(String)}"


@dataclass(frozen=True, slots=True)
class Page:
    """A time, in nanoseconds, and a part of its traces."""

    start: int
    end: int
    part: int = 0
    parts: int = 1


def quoted(name: str) -> str:
    """An identifier."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def columns_of(described: Iterable[Sequence[object]]) -> list[str]:
    """The columns to select, by the name and type of each that there is; JSON is asked for as text."""
    types = {str(name): str(type_) for name, type_, *_ in described}
    return [_expression(name, types[name]) for name in used_columns(list(types))]


def minutes(table: str, start: int, end: int) -> tuple[str, Parameters]:
    """How many spans there are in each minute."""
    query = (
        f"SELECT toUnixTimestamp(toStartOfMinute(Timestamp)) AS minute, count() AS spans FROM {table} "  # noqa: S608
        f"WHERE {_TIME.format('')} GROUP BY minute ORDER BY minute"
    )
    return query, {"start": start, "end": end}


def pages(start: int, end: int, counts: Iterable[tuple[int, int]]) -> Iterator[Page]:
    """Pages of a time, by how many spans there are in each minute (seconds since the epoch, number)."""
    at, held = start, 0
    for second, spans in counts:
        begin = max(second * 10**9, start)
        if held and held + spans > _PAGE:
            yield Page(at, begin)
            at, held = begin, 0
        if spans > _PAGE:
            parts, until = -(-spans // _PAGE), min(second * 10**9 + MINUTE, end)
            yield from (Page(at, until, part, parts) for part in range(parts))
            at = until
        else:
            held += spans
    if held:
        yield Page(at, end)


def spans(table: str, columns: Sequence[str], page: Page, question: Question) -> tuple[str, Parameters]:
    """The spans of a page: all that are asked for, and those whose trace has such a span nearby."""
    where = [_TIME.format("")]
    parameters: Parameters = {"start": page.start, "end": page.end}
    if page.parts > 1:
        where.append(_PART)
        parameters |= {"part": page.part, "parts": page.parts}
    is_inside = question.start <= page.start and page.end <= question.end
    if question.services or not is_inside:
        asked = [_TIME.format("asked_"), *([_SERVICES] if question.services else [])]
        where.append(f"TraceId GLOBAL IN (SELECT TraceId FROM {table} WHERE {' AND '.join(asked)})")  # noqa: S608
        parameters["asked_start"] = max(page.start - MARGIN, question.start)
        parameters["asked_end"] = min(page.end + MARGIN, question.end)
        if question.services:
            parameters["services"] = list(question.services)
    return f"SELECT {', '.join(columns)} FROM {table} WHERE {' AND '.join(where)}", parameters  # noqa: S608


def _expression(name: str, type_: str) -> str:
    column = quoted(name)
    if type_.startswith(("JSON", "Object(")):
        return f"toJSONString({column}) AS {column}"
    if type_.startswith(("Array(JSON", "Array(Object(")):
        return f"arrayMap(each -> toJSONString(each), {column}) AS {column}"
    return column
