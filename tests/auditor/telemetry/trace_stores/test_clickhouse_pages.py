"""Pages of a ClickHouse table: every span in one, and a page that breaks off asked for again as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import InputError
from auditor.telemetry.trace_stores import clickhouse_sql
from auditor.telemetry.trace_stores.address import read_address
from auditor.telemetry.trace_stores.clickhouse import ClickHouseTable
from auditor.telemetry.trace_stores.clickhouse_sql import MINUTE, columns_of, pages, quoted
from auditor.telemetry.trace_stores.question import Question
from tests.support import otel_table
from tests.support.spans import wide

TABLE = otel_table.table_of(otel_table.clinic())
ADDRESS = read_address("clickhouse://127.0.0.1", {})


class BreakingClient:
    """Breaks off in the middle of the answer to its first `times` questions for spans."""

    def __init__(self, times: int) -> None:
        self._left = times

    def query(self, query: str, parameters: object = None) -> SimpleNamespace:
        if query.startswith("DESCRIBE"):
            return SimpleNamespace(result_rows=[(name, "String") for name in TABLE.column_names])
        is_inside = isinstance(parameters, dict) and parameters["start"] == 0
        return SimpleNamespace(result_rows=[(0, len(TABLE))] if is_inside else [])

    @contextmanager
    def query_arrow_stream(self, query: str, **options: Any) -> Iterator[Iterator[pa.RecordBatch]]:
        yield self._batches()

    def _batches(self) -> Iterator[pa.RecordBatch]:
        batches = TABLE.to_batches(max_chunksize=300)
        yield from batches[:2]
        if self._left:
            self._left -= 1
            raise pa.ArrowInvalid("cut off: Quillfeather")
        yield from batches[2:]


def _table(client: BreakingClient, pauses: list[float]) -> ClickHouseTable:
    table = ClickHouseTable(ADDRESS, Question(0, MINUTE), lambda where, what: None, pauses.append)
    table._client = lambda: client  # type: ignore[method-assign]
    return table


def test_a_page_that_breaks_off_is_read_again_with_all_its_rows() -> None:
    pauses: list[float] = []
    whole = wide(_table(BreakingClient(0), []))
    again = wide(_table(BreakingClient(2), pauses))
    assert again == whole
    assert len(whole) == len(TABLE)
    assert pauses == [1, 2]


def test_a_page_that_always_breaks_off_ends_in_words() -> None:
    with pytest.raises(InputError, match="breaks off its answer") as told:
        list(_table(BreakingClient(99), []))
    assert "Quillfeather" not in str(told.value)


@given(
    counts=st.dictionaries(st.integers(0, 30), st.integers(1, 90), max_size=20),
    start=st.integers(0, 59),
    most=st.integers(1, 100),
)
def test_pages_cover_all_minutes_once_and_are_small(counts: dict[int, int], start: int, most: int) -> None:
    begin, end = start * 10**9, 31 * MINUTE
    told = [(minute * 60, spans) for minute, spans in sorted(counts.items())]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clickhouse_sql, "_PAGE", most)
        found = list(pages(begin, end, told))
    for second, spans in told:
        at = max(second * 10**9, begin)
        holding = [page for page in found if page.start <= at < page.end]
        assert [page.part for page in holding] == list(range(holding[0].parts))
        assert spans <= most * len(holding)
    distinct = sorted({(page.start, page.end) for page in found})
    assert all(before[1] <= after[0] for before, after in pairwise(distinct))
    assert all(begin <= page.start < page.end <= end for page in found)


def test_columns_are_quoted_and_json_is_asked_for_as_text() -> None:
    described = [
        ("TraceId", "String"),
        ("SpanAttributes", "JSON"),
        ("Events.Attributes", "Array(JSON)"),
        ("x`; DROP", ""),
    ]
    assert columns_of(described) == [
        "`TraceId`",
        "toJSONString(`SpanAttributes`) AS `SpanAttributes`",
        "arrayMap(each -> toJSONString(each), `Events.Attributes`) AS `Events.Attributes`",
    ]
    assert quoted("a`b\\") == "`a\\`b\\\\`"
