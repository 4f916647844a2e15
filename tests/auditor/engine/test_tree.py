"""Walking trees of spans: long ones, broken ones, and traces by number."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.engine import traces
from auditor.engine.traces import Traces
from auditor.engine.tree import Facts, Tree, contexts

NO = np.zeros(1, np.bool_)


def chain(parents: list[int]) -> Tree:
    """Spans of one row: internal ones of one service."""
    zero = np.zeros(1, np.int64)
    parent = np.array(parents)
    return Tree(parent, parent * 0, Facts(zero, NO, NO, NO, NO, zero - 1))


def test_a_handling_may_be_as_deep_as_it_likes() -> None:
    tree = chain([-1, *range(5000)])
    assert tree.handlers(tree.entries()).max() == 0


def test_spans_in_or_below_a_cycle_stand_for_themselves() -> None:
    tree = chain([-1, 0, 3, 4, 2, 4, 6])
    assert tree.handlers(tree.entries()).tolist() == [0, 0, 2, 3, 4, 5, 6]


def test_contexts_are_paths_of_work_and_end_somewhere() -> None:
    caller = np.array([-1, 0, 0, 1, -1, 6, 5])  # the last two call each other
    found = contexts(np.arange(7), caller, np.array([7, 8, 8, 9, 7, 1, 1]))
    assert found.of.tolist() == [0, 1, 1, 2, 0, -1, -1]
    assert (found.parent.tolist(), found.work.tolist()) == ([-1, 0, 1], [7, 8, 9])
    deep = contexts(np.arange(100), np.arange(100) - 1, np.zeros(100, np.int64))
    assert (len(deep.parent), deep.of[64], deep.of[65]) == (65, 64, -1)


@pytest.mark.parametrize("odd", [traces._ODD, np.int64(0)], ids=["as it is", "where all halves collide"])
def test_traces_are_numbered_in_the_order_of_their_ids(monkeypatch: pytest.MonkeyPatch, odd: np.int64) -> None:
    monkeypatch.setattr(traces, "_ODD", odd)
    ids = ["f" * 32, "0" * 31 + "1", "7" + "0" * 31, "f" * 32, "f" * 31 + "0", "7" + "0" * 30 + "1"]
    halves = np.array([[int(text[:16], 16), int(text[16:], 16)] for text in ids], np.uint64).view(np.int64)
    found = Traces.of(halves[:, 0].copy(), halves[:, 1].copy())
    assert [found.id(number) for number in range(len(found))] == sorted(set(ids))
    assert [found.id(number) for number in found.number.tolist()] == ids
