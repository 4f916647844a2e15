"""A statement that the parser chokes on costs that statement."""

from __future__ import annotations

import os
import signal
import time

import pytest

from auditor import sqlworker
from auditor.sqlworker import StatementReader, nesting
from lineage.sql.analyse import analyse

LONG = "SELECT a FROM t WHERE b IN (?) AND " + " AND ".join(f"c{n} = ?" for n in range(3000))


def test_long_statements_are_read_elsewhere_with_the_same_answer() -> None:
    with StatementReader(60) as reader:
        assert reader(LONG, "postgres", {"t": ["a", "b"]}) == analyse(LONG, "postgres", {"t": ["a", "b"]})
        assert reader("SELECT a FROM t", "postgres") == analyse("SELECT a FROM t", "postgres")


def test_a_statement_out_of_time_is_unread_and_the_next_is_not() -> None:
    with StatementReader(0.0) as reader:
        assert reader(LONG).parse == "none"
    with StatementReader(60) as reader:
        assert reader(LONG).parse == "full"


def test_a_worker_that_dies_costs_one_statement() -> None:
    with StatementReader(60) as reader:
        assert reader(LONG).parse == "full"
        worker = reader._worker
        assert worker is not None
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGSTOP)
        reader._deadline = 0.2
        start = time.monotonic()
        assert reader(LONG + " ").parse == "none"
        assert time.monotonic() - start < 30
        reader._deadline = 60
        assert reader(LONG).parse == "full"


@pytest.mark.parametrize(("sql", "depth"), [("a", 0), ("f((x))", 2), ("CASE CASE", 2), ("))((", 0)])
def test_nesting(sql: str, depth: int) -> None:
    assert nesting(sql) == depth


def test_the_limits_are_what_the_parser_can_take_here() -> None:
    text = "SELECT " + "(" * sqlworker.DEEP + "a" + ")" * sqlworker.DEEP + " FROM t"
    assert analyse(text, "postgres").parse == "full"
