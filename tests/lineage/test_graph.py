"""Flows joined end to end."""

from __future__ import annotations

from lineage.audit import Flow
from lineage.diff import flow_id
from lineage.graph import best_paths, paths
from lineage.model import Direction, EvidenceLevel, Party

EMAIL, NAME = "user.contact.email", "user.name"


def flow(
    source: str,
    sink: str,
    direction: Direction = "request",
    evidence: EvidenceLevel = "possible",
    category: str = EMAIL,
    field: str | None = "db/users.email",
) -> Flow:
    def party(name: str) -> Party:
        return Party("store" if name == "db" else "outsider" if "." in name else "service", name)

    id_ = flow_id(category, field, party(source), party(sink), direction)
    return Flow(id_, category, field, party(source), party(sink), direction, "", evidence, 1, None, None, ())


CHAIN = [flow("db", "users", "read", "observed"), flow("users", "web", "response"), flow("web", "pay.test")]


def names(path_list: object) -> list[list[str]]:
    return [[party.name for party in path.parties] for path in path_list]  # type: ignore[attr-defined]


def test_a_path_runs_from_the_store_to_the_sink() -> None:
    [path] = best_paths(CHAIN)[Party("outsider", "pay.test")]
    assert [party.name for party in path.parties] == ["db", "users", "web", "pay.test"]
    assert path.flows == tuple(f.id for f in CHAIN)
    assert path.evidence == "possible"


def test_without_a_store_the_path_is_the_last_flow() -> None:
    assert names(best_paths(CHAIN[2:])[Party("outsider", "pay.test")]) == [["web", "pay.test"]]


def test_an_observed_detour_is_preferred_to_a_possible_short_cut() -> None:
    seen = [
        flow("db", "a", "read", "observed"),
        flow("a", "b", evidence="observed"),
        flow("b", "c", evidence="observed"),
    ]
    assert names(best_paths([*seen, flow("a", "c")])[Party("service", "c")])[0] == ["db", "a", "b", "c"]


def test_paths_between_names_and_from_a_field() -> None:
    assert names(paths(CHAIN, "db", "pay.test")) == [["db", "users", "web", "pay.test"]]
    assert names(paths(CHAIN, "db/users.email", "web")) == [["db", "users", "web"]]
    assert paths(CHAIN, "pay.test", "db") == ()
    assert paths(CHAIN, "nobody", "web") == ()


def test_a_path_never_changes_its_category() -> None:
    mixed = [CHAIN[0], flow("users", "web", "response", category=NAME, field=None)]
    assert paths(mixed, "db", "web") == ()


def test_a_field_leads_only_where_it_was_read() -> None:
    other = flow("db", "audit", "read", "observed", field="db/orders.email")
    onward = flow("audit", "web", field="db/orders.email")
    assert names(paths([*CHAIN, other, onward], "db/orders.email", "web")) == [["db", "audit", "web"]]


def test_cycles_end() -> None:
    loop = [flow("db", "a", "read", "observed"), flow("a", "b"), flow("b", "a")]
    assert names(paths(loop, "db", "b")) == [["db", "a", "b"]]
