"""Where flows lead, over any flows at all: paths are real chains, and order and additions behave."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from lineage.audit import Audit, Flow, Path, Scope
from lineage.diff import flow_id
from lineage.model import EVIDENCE, Party
from lineage.questions.blast_radius import blast_radius
from lineage.questions.holds import holds
from lineage.questions.where_goes import where_goes
from lineage.reach import destinations, strongest_first

SCOPE = Scope("0", (), (), 1, 1, None, None, 0, 0, "")
PARTIES = [Party("store", "db"), *(Party("service", name) for name in "abcd"), Party("outsider", "host.example")]
CATEGORIES = ["user.contact.email", "user.name"]
FIELDS = ["db/users.email", "db/users.name", "db/orders.email", None]


@st.composite
def a_flow(draw: st.DrawFn) -> Flow:
    source, sink = draw(st.permutations(PARTIES))[:2]
    category, field = draw(st.sampled_from(CATEGORIES)), draw(st.sampled_from(FIELDS))
    direction = "read" if source.kind == "store" else "write" if sink.kind == "store" else "request"
    id_ = flow_id(category, field, source, sink, direction)  # type: ignore[arg-type]
    evidence = draw(st.sampled_from(EVIDENCE))
    return Flow(id_, category, field, source, sink, direction, "", evidence, 1, None, None, ())  # type: ignore[arg-type]


FLOWS = st.lists(a_flow(), max_size=14, unique_by=lambda flow: flow.id)
ASKED = st.sampled_from(["user", "user.name", "db/users.email", "*.email", "db/*.*"])
MANY = settings(max_examples=150, deadline=None)


def audit_of(flows: list[Flow]) -> Audit:
    from lineage.audit import AuditField, AuditService, AuditStore, Outsider

    names = (field for field in FIELDS if field)
    return Audit(
        SCOPE,
        services=tuple(AuditService(name, (), 1) for name in "abcd"),
        stores=(AuditStore("db", "postgresql", ()),),
        outsiders=(Outsider("host.example", ()),),
        fields=tuple(AuditField(n, "db", *n.removeprefix("db/").split("."), None, ()) for n in names),
        flows=tuple(flows),
    )


def check(path: Path, flows: list[Flow]) -> None:
    """A path is a chain of flows of one category, as strong as its weakest, possible where the field changes."""
    by_id = {flow.id: flow for flow in flows}
    chain = [by_id[id_] for id_ in path.flows]
    assert chain
    assert path.parties == (chain[0].source, *(flow.sink for flow in chain))
    assert all(one.sink == following.source for one, following in pairwise(chain))
    assert len({flow.category for flow in chain}) == 1
    weakest = max((flow.evidence for flow in chain), key=EVIDENCE.index)
    fields = {flow.field for flow in chain}
    changes = len(fields - {None}) > 1
    # A flow that does not know its field may have been of the one asked for, and then the field changes after it.
    assert path.evidence in ({"possible"} if changes else {weakest, "possible"} if None in fields else {weakest})


@MANY
@given(FLOWS, ASKED, st.sampled_from([None, "b", "db", "host.example"]))
def test_paths_are_chains_of_flows(flows: list[Flow], asked: str, to: str | None) -> None:
    for one in where_goes(audit_of(flows), asked, to).destinations:
        check(one.path, flows)
        assert one.path.parties[-1] == one.party
        assert to is None or one.party.name == to


@MANY
@given(FLOWS, ASKED, st.randoms(use_true_random=False))
def test_the_order_of_flows_never_matters(flows: list[Flow], asked: str, chance: random.Random) -> None:
    shuffled = list(flows)
    chance.shuffle(shuffled)
    one, other = audit_of(flows), audit_of(shuffled)
    assert where_goes(one, asked) == where_goes(other, asked)
    assert where_goes(one, asked, "host.example") == where_goes(other, asked, "host.example")
    assert blast_radius(one, "a") == blast_radius(other, "a")
    assert holds(one, "a") == holds(other, "a")


@MANY
@given(FLOWS, a_flow(), ASKED)
def test_one_more_flow_never_shortens_what_is_reachable(flows: list[Flow], more: Flow, asked: str) -> None:
    grown = [*(flow for flow in flows if flow.id != more.id), more]
    fewer = audit_of([flow for flow in grown if flow != more])
    before = {(one.party, one.category) for one in where_goes(fewer, asked).destinations}
    after = {(one.party, one.category) for one in where_goes(audit_of(grown), asked).destinations}
    assert before <= after
    for service in "ab":
        reached = {(one.category, one.field) for one in blast_radius(fewer, service).reach}
        assert reached <= {(one.category, one.field) for one in blast_radius(audit_of(grown), service).reach}


@MANY
@given(FLOWS)
def test_the_strongest_then_the_shortest_path_is_found(flows: list[Flow]) -> None:
    """Against every walk of up to six flows, for flows that are all of one item."""
    item = {flow.id: replace(flow, category="user.name", field=None) for flow in flows}
    same = strongest_first(item.values())
    found = destinations(same)
    assert set(found) == {flow.sink for flow in same}
    sinks = {flow.sink for flow in same}
    walks = [[flow] for flow in same if flow.source.kind == "store" or flow.source not in sinks]
    best: dict[Party, tuple[int, int]] = {}
    for _ in range(6):
        for walk in walks:
            key = max(EVIDENCE.index(flow.evidence) for flow in walk), len(walk)
            best[walk[-1].sink] = min(best.get(walk[-1].sink, key), key)
        walks = [[*walk, flow] for walk in walks for flow in same if flow.source == walk[-1].sink][:3000]
    for sink, (evidence, length) in best.items():
        path = found[sink]
        assert (EVIDENCE.index(path.evidence), len(path.flows)) <= (evidence, length)
