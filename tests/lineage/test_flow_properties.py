"""What holds of every audit, whatever the traces: parts add up, order is nothing, later is not earlier."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from auditor.engine.local import count_spans
from auditor.engine.naming import named
from lineage.access import Touch
from lineage.audit import Flow
from lineage.contracts import Carries, Contract
from lineage.flows import find_flows
from lineage.hops import Contracts
from lineage.merge import add, total
from lineage.model import Operation, Party, Role
from lineage.system import Key, SystemModel
from tests.support.models import build_model
from tests.support.spans import batch, query
from tests.support.traces import TEXTS, Rows, random_trace

EMAIL, PASSWORD, PHONE = "user.contact.email", "user.authorization.password", "user.contact.phone_number"
FIELDS = {"shop/users.email": (EMAIL,), "shop/users.hash": (PASSWORD,), "shop/users.late": (PHONE,)}
LATE = "SELECT late FROM users"
TOUCHED: dict[str | None, tuple[str, Role]] = {
    TEXTS[0]: ("shop/users.email", "projected"),
    TEXTS[1]: ("shop/users.hash", "projected"),
    TEXTS[2]: ("shop/users.email", "written"),
    LATE: ("shop/users.late", "projected"),
}
# Every example counts spans several times: to make a failing one smaller would take many minutes.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
EVERY = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=PHASES)

seeds = st.lists(st.integers(0, 10_000), min_size=2, max_size=6)  # one a trace


def grown(seeds: Sequence[int]) -> list[Rows]:
    return [random_trace(Random(seed), f"t{number}") for number, seed in enumerate(seeds)]


def flat(parts: Sequence[Rows]) -> Rows:
    return [row for part in parts for row in part]


def counted(parts: Sequence[Rows]) -> SystemModel:
    return count_spans(batch(*flat(parts))) if parts else SystemModel()


def flows_of(model: SystemModel, contracts: Contracts | None = None) -> list[Flow]:
    touches = [
        Touch(use, field, role, True, role == "written", role == "projected")
        for use in model.statements
        if use.shape in TOUCHED
        for field, role in [TOUCHED[use.shape]]
    ]
    keys = {
        (exchange.id, key): (EMAIL if key == Key("query", "email") else PHONE,)
        for exchange in model.exchanges
        for key in exchange.keys
    }
    return find_flows(model, touches, FIELDS, keys, contracts)


@given(seeds, st.data())
@EVERY
def test_the_sum_of_parts_is_what_counting_all_at_once_gives(seeds: list[int], data: st.DataObject) -> None:
    parts = grown(seeds)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(parts)), min_size=2, max_size=2)))
    whole = counted(parts)
    a, b, c = counted(parts[: cuts[0]]), counted(parts[cuts[0] : cuts[1]]), counted(parts[cuts[1] :])
    assert add(add(a, b), c) == whole
    assert add(a, add(b, c)) == whole
    assert total(data.draw(st.permutations([a, b, c]))) == whole
    assert add(whole, SystemModel()) == whole == add(SystemModel(), whole)
    together = named(functools.reduce(add, (c, a, b)))
    assert together == build_model(batch(*flat(parts)))
    assert flows_of(together) == flows_of(named(whole))


@given(seeds, st.randoms(use_true_random=False))
@EVERY
def test_the_order_of_input_never_matters(seeds: list[int], random: Random) -> None:
    rows = flat(grown(seeds))
    model = build_model(batch(*rows))
    random.shuffle(rows)
    assert build_model(batch(*rows)) == model


@given(seeds)
@EVERY
def test_a_later_span_never_creates_an_earlier_flow(seeds: list[int]) -> None:
    """Read after all else: what was sent, published or answered before cannot have carried it."""
    parts = grown(seeds)
    root = parts[-1][0]
    place = {"trace_id": root["trace_id"], "namespace": root["namespace"], "host": "late", "db_namespace": "late"}
    late = query("root", "late", root["span_id"], LATE, at=500, **place)
    before = flows_of(build_model(batch(*flat(parts))))
    after = flows_of(build_model(batch(*flat(parts), late)))
    new = {flow.id for flow in after} - {flow.id for flow in before}
    assert {(flow.direction, flow.category) for flow in after if flow.id in new} == {("read", PHONE)}


@given(seeds, st.data())
@EVERY
def test_a_schema_of_other_things_never_adds_a_possible_flow(seeds: list[int], data: st.DataObject) -> None:
    """One that names data tells of data that no span showed, which may go on from there: see docs/decisions/0005."""
    model = build_model(batch(*flat(grown(seeds))))
    ids = [exchange.id for exchange in model.exchanges]
    closed = data.draw(st.sets(st.sampled_from(ids))) if ids else set()
    contracts = {id_: Contract("endpoint", Carries(), Carries()) for id_ in closed}
    without = {flow.id for flow in flows_of(model) if flow.evidence == "possible"}
    within = {flow.id for flow in flows_of(model, contracts) if flow.evidence == "possible"}
    assert within <= without


def test_a_part_that_names_nothing_is_named_by_the_others() -> None:
    """The address that one part knows names the callee in the other."""
    random = Random(7)
    parts = [random_trace(random, f"t{number}") for number in range(12)]
    halves = [counted(parts[::2]), counted(parts[1::2])]
    apart = {exchange.callee for half in halves for exchange in named(half).exchanges}
    together = {exchange.callee for exchange in named(add(*halves)).exchanges}
    assert apart != together
    assert named(add(*halves)) == named(counted(parts))
    assert replace(named(add(*halves)), traces=0) != replace(named(halves[0]), traces=0)


def test_an_answer_that_a_schema_rules_out_is_not_sought_in_the_request() -> None:
    """Found by the property above."""
    model = build_model(batch(*flat(grown([1086, 10000, 2023, 3833, 1985, 1840]))))
    caller = Operation("west/web", "GET /2")
    called = Party("service", "web")
    [closed] = [e.id for e in model.exchanges if e.caller == caller and e.callee == called]
    within = flows_of(model, {closed: Contract("endpoint", Carries(), Carries())})
    assert {flow.id for flow in within} <= {flow.id for flow in flows_of(model)}
