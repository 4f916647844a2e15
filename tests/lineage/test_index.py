"""What is looked up in tables is what reading every record finds."""

from __future__ import annotations

import pytest

from classifiers.taxonomy import is_within
from lineage.audit import Audit
from lineage.index import REMEMBERED, Index, index_of
from lineage.questions.coverage import coverage
from lineage.wanted import Wanted, carrying, find, row_of, touching
from reports.audit_json import loads
from tests.bench.graph import made_up
from tests.reports.conftest import HERE

SAMPLE = loads((HERE / "sample_audit.json").read_bytes())
AUDITS = [made_up(40, 1500), SAMPLE]


@pytest.mark.parametrize("audit", AUDITS, ids=["made up", "sample"])
def test_flows_that_carry_something(audit: Audit) -> None:
    labelled = [field.id for field in audit.fields if field.labels]
    wanted = [
        find(audit, text)
        for text in ("user", "user.contact", *labelled[:30], "*.column1" if audit is not SAMPLE else "*.email")
    ]
    wanted += [Wanted("rows", frozenset(labelled[:3]), in_rows=frozenset({(row_of(labelled[0]), "user.name")}))]
    for what in wanted:
        assert sorted(flow.id for flow in carrying(audit, what)) == sorted(
            flow.id for flow in audit.flows if what.has_flow(flow)
        )


@pytest.mark.parametrize("audit", AUDITS, ids=["made up", "sample"])
def test_accesses_that_touch_fields_in_their_order(audit: Audit) -> None:
    ids = [field.id for field in audit.fields]
    for fields in (frozenset(ids), frozenset(ids[:1]), frozenset(ids[::3]), frozenset({"none/at.all"})):
        rows = {row_of(field) for field in fields}
        assert touching(audit, fields) == [a for a in audit.accesses if a.field in fields or a.field in rows]


@pytest.mark.parametrize("audit", AUDITS, ids=["made up", "sample"])
def test_flows_of_what_is_at_both_ends(audit: Audit) -> None:
    index = Index(audit)
    source, target = audit.fields[0].id, audit.flows[-1].sink.name
    ends = {
        flow.category
        for flow in audit.flows
        if source == flow.field
        and any(
            other.category == flow.category and target in (other.source.name, other.sink.name) for other in audit.flows
        )
    }
    assert {flow.id for flow in index.flows_between(source, target)} == {
        f.id for f in audit.flows if f.category in ends
    }
    assert index.flows_between("nobody", target) == []


def test_an_audit_keeps_its_index_and_old_ones_go() -> None:
    audits = [made_up(2, 10, seed) for seed in range(REMEMBERED + 1)]
    first = index_of(audits[0])
    assert index_of(audits[0]) is first
    for audit in audits[1:]:
        assert index_of(audit).audit is audit
    assert index_of(audits[0]) is not first


def test_coverage_counts_what_was_seen_and_what_was_not() -> None:
    seen = coverage(SAMPLE)
    assert (seen.spans, seen.statements) == (SAMPLE.scope.spans, SAMPLE.scope.statements)
    assert seen.known == len(SAMPLE.fields)
    assert seen.touched == len({a.field for a in SAMPLE.accesses} & {f.id for f in SAMPLE.fields})
    assert sum(kind.places for kind in seen.gaps) == len(SAMPLE.gaps)
    assert sum(kind.count for kind in seen.gaps) == sum(gap.count for gap in SAMPLE.gaps)
    assert seen.silent == tuple(sorted(one.name for one in SAMPLE.outsiders))
    assert [kind.largest_share for kind in seen.gaps] == sorted(
        (kind.largest_share for kind in seen.gaps), reverse=True
    )


def test_a_category_is_found_with_all_below_it() -> None:
    found = carrying(SAMPLE, find(SAMPLE, "user.contact"))
    assert found
    assert all(is_within(flow.category, "user.contact") for flow in found)
