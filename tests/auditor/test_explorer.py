"""What audit.json holds of the explorer's lists, and what it leaves out."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from random import Random

from auditor.explorer import with_explorer
from lineage.audit import Audit, Scope
from lineage.explorer import explore
from lineage.model import LeftOut
from lineage.sampling import UNKNOWN
from lineage.system import SystemModel
from reports.audit_json import dumps, loads
from tests.support.models import build_model
from tests.support.spans import batch
from tests.support.traces import random_trace

EMPTY = Audit(Scope("1", (), (), 0, 0, None, None, 0, 0, "not stated"))


@cache
def model() -> SystemModel:
    return build_model(batch(*(row for n in range(12) for row in random_trace(Random(n), f"t{n}"))))


def test_every_context_is_in_one_of_the_two_lists() -> None:
    further = with_explorer(EMPTY, model()).further_contexts
    assert further
    assert all(len(context.path) > 1 and not context.statements for context in further)
    others = [c for c in model().contexts if len(c.path) == 1 or c.statements]
    assert {c.path for c in (*further, *others)} == {c.path for c in model().contexts}


def test_the_heaviest_loads_and_the_shortest_paths_stay_and_the_rest_is_counted() -> None:
    whole, cut = with_explorer(EMPTY, model()), with_explorer(EMPTY, model(), most=3)
    assert cut.loads == whole.loads[:3]
    assert [load.per_request.most for load in whole.loads] == sorted(
        (load.per_request.most for load in whole.loads), reverse=True
    )
    assert cut.further_contexts == whole.further_contexts[:3]
    assert [len(c.path) for c in whole.further_contexts] == sorted(len(c.path) for c in whole.further_contexts)
    assert cut.left_out == (
        LeftOut("further_contexts", len(whole.further_contexts) - 3),
        LeftOut("loads", len(whole.loads) - 3),
    )
    assert whole.left_out == ()


def test_what_is_written_is_read_again() -> None:
    audit = with_explorer(EMPTY, model())
    again = loads(dumps(audit))
    assert (set(again.loads), set(again.operations)) == (set(audit.loads), set(audit.operations))


def test_an_audit_of_before_is_still_read() -> None:
    document = json.loads(Path("tests/reports/sample_audit.json").read_text())
    for name in ("operations", "further_contexts", "loads", "left_out"):
        del document[name]
    for record in (one for name in ("services", "calls", "contexts", "flows") for one in document[name]):
        for name in ("durations", "sampled", "adjusted"):
            record.pop(name, None)
    before = loads(json.dumps(document))
    assert (before.loads, before.operations) == ((), ())
    assert {call.sampled for call in before.calls} == {UNKNOWN}
    explored = explore(before)
    assert len(explored.calls) == len(document["calls"])
    assert {call.latency for call in explored.calls} == {None}
