"""Questions to a small audit whose answers can be read off it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from classifiers.model import Label
from lineage.audit import Access, Audit, AuditField, AuditService, AuditStore, Call, Flow, Outsider, Scope
from lineage.diff import flow_id
from lineage.model import Direction, EvidenceLevel, LeftOut, Operation, Party, Role
from lineage.questions.blast_radius import blast_radius
from lineage.questions.bounded import as_json, bounded
from lineage.questions.holds import holds
from lineage.questions.how_much import how_much
from lineage.questions.over_reads import over_reads
from lineage.questions.unread import unread
from lineage.questions.where_goes import where_goes
from lineage.questions.who_touches import who_touches
from lineage.system import Context, StatementRun
from lineage.wanted import UnknownName, find

EMAIL, NAME, SSN = "user.contact.email", "user.name", "user.government_id"
DB, USERS, WEB, MAIL = (
    Party("store", "db"),
    Party("service", "users"),
    Party("service", "web"),
    Party("outsider", "mail.example"),
)


def field(name: str, category: str | None, confidence: float = 0.9) -> AuditField:
    table, column = name.split(".")
    labels = (Label(category, "personal", confidence),) if category else ()
    return AuditField(f"db/{name}", "db", table, column, "text", labels)


def access(operation: str, column: str, roles: tuple[Role, ...], *ids: str, calls: int = 10) -> Access:
    reading = tuple(id_ for id_ in ids if not id_.startswith("w"))
    return Access("users", operation, f"db/{column}", roles, calls, ids, True, reading)


def flow(
    source: Party,
    sink: Party,
    direction: Direction,
    evidence: EvidenceLevel,
    column: str | None,
    via: str = "GET /user",
) -> Flow:
    category = {"users.email": EMAIL, "users.ssn": SSN, "copies.email": EMAIL, None: EMAIL}[column]
    name = f"db/{column}" if column else None
    id_ = flow_id(category, name, source, sink, direction)
    return Flow(id_, category, name, source, sink, direction, via, evidence, 5, None, None, ())


def context(calls: int, *path: str, runs: tuple[tuple[str, int], ...] = ()) -> Context:
    operations = tuple(Operation(*step.split(" ", 1)) for step in path)
    return Context(operations, calls, tuple(StatementRun(id_, "db", count) for id_, count in runs))


AUDIT = Audit(
    Scope("0", (), (), 100, 10, "2026-01-01T00:00:00+00:00", "2026-01-01T12:00:00+00:00", 0, 0, ""),
    services=(AuditService("users", (), 1), AuditService("web", (), 1)),
    stores=(AuditStore("db", "postgresql", ("users",)), AuditStore("other", "mysql", ())),
    outsiders=(Outsider("mail.example", ("http",)),),
    fields=(
        field("users.email", EMAIL),
        field("users.ssn", SSN),
        field("users.name", NAME),
        field("users.color", None),
        field("users.guess", NAME, 0.3),
        field("copies.email", EMAIL),
        field("notes.name", NAME),
    ),
    calls=(Call(None, "web", "GET /", "http", 20, 0, 1.0), Call(None, "users", "POST /admin", "http", 1, 0, 1.0)),
    accesses=(
        access("GET /user", "users.email", ("projected",), "r1"),
        access("GET /user", "users.ssn", ("projected",), "r1"),
        access("POST /admin", "users.ssn", ("projected", "written"), "r2", "w2", calls=4),
        access("POST /user", "users.name", ("written",), "w1"),
        access("GET /notes", "notes.*", ("projected",), "r3"),
    ),
    contexts=(
        context(20, "web GET /"),
        context(40, "web GET /", "users GET /user", runs=(("r1", 40), ("x", 7))),
        context(1, "users POST /admin", runs=(("r2", 2), ("w2", 2))),
    ),
    flows=(
        flow(DB, USERS, "read", "observed", "users.email", "r1"),
        flow(DB, USERS, "read", "observed", "users.ssn", "r1"),
        flow(USERS, WEB, "response", "declared", "users.email"),
        flow(WEB, MAIL, "request", "possible", "copies.email", "POST /send"),
        flow(WEB, USERS, "request", "observed", None),
        flow(USERS, DB, "write", "observed", "users.ssn", "w2"),
    ),
)


@pytest.mark.parametrize(
    ("text", "fields", "categories"),
    [
        ("user.contact", {"db/users.email", "db/copies.email"}, {EMAIL}),
        ("user.contact.*", {"db/users.email", "db/copies.email"}, {EMAIL}),
        ("db/users.email", {"db/users.email"}, set()),
        ("USERS.email", {"db/users.email"}, set()),
        ("*.email", {"db/users.email", "db/copies.email"}, set()),
        ("notes.*", {"db/notes.name", "db/notes.*"}, set()),
        ("user.*.email", {"db/users.email", "db/copies.email"}, {EMAIL}),
        ("user.name", {"db/users.name", "db/notes.name"}, {NAME}),
        ("user.biometric", set(), set()),
    ],
)
def test_what_is_meant(text: str, fields: set[str], categories: set[str]) -> None:
    wanted = find(AUDIT, text)
    assert (wanted.fields, wanted.categories) == (fields, categories)


@pytest.mark.parametrize(
    ("text", "near"), [("users.emial", "users.email"), ("user.contact.emial", EMAIL), ("db/users.snn", "db/users.ssn")]
)
def test_unknown_names_bring_near_ones(text: str, near: str) -> None:
    with pytest.raises(UnknownName) as caught:
        find(AUDIT, text)
    assert near in caught.value.near


def test_a_service_in_another_case_or_misspelt() -> None:
    assert holds(AUDIT, "USERS").service == "users"
    with pytest.raises(UnknownName, match="did you mean users"):
        holds(AUDIT, "user")
    with pytest.raises(UnknownName, match=r"did you mean mail\.example"):
        where_goes(AUDIT, EMAIL, "mail")


def test_who_touches() -> None:
    answer = who_touches(AUDIT, "users.ssn")
    assert [(one.operation, one.roles, one.calls) for one in answer.touchers] == [
        ("GET /user", ("projected",), 10),
        ("POST /admin", ("projected", "written"), 4),
    ]
    assert [(one.service, one.operation, one.accesses) for one in answer.on_behalf] == [("web", "GET /", 40)]
    assert answer.handed == ()
    answer = who_touches(AUDIT, "user.contact")
    assert [(one.by, one.party, one.evidence) for one in answer.handed] == [
        (WEB, USERS, "observed"),
        (USERS, WEB, "declared"),
        (WEB, MAIL, "possible"),
    ]


def test_whoever_takes_whole_rows_touches_each_field() -> None:
    (one,) = who_touches(AUDIT, "notes.name").touchers
    assert (one.operation, one.whole_row) == ("GET /notes", True)


def test_where_a_field_goes_and_where_it_may_go_under_another_name() -> None:
    found = {one.party: one.path for one in where_goes(AUDIT, "users.email").destinations}
    assert found[USERS].parties == (DB, USERS)
    assert (found[WEB].parties, found[WEB].evidence) == ((DB, USERS, WEB), "declared")
    assert (found[MAIL].parties, found[MAIL].evidence) == ((DB, USERS, WEB, MAIL), "possible")
    assert {one.party for one in where_goes(AUDIT, "users.ssn").destinations} == {USERS, DB}
    (only,) = where_goes(AUDIT, "users.email", "mail.example").destinations
    assert only.path == found[MAIL]


def test_a_whole_row_carries_its_fields() -> None:
    read = replace(flow(DB, USERS, "read", "observed", "users.ssn"), id="f1-row", category=NAME, field="db/notes.*")
    rows = replace(AUDIT, flows=(*AUDIT.flows, read))
    assert [one.path.flows for one in where_goes(rows, "notes.name").destinations] == [("f1-row",)]
    assert where_goes(rows, "users.name").destinations == ()
    assert ("db/notes.*", "reads") in {(one.field, one.how) for one in blast_radius(rows, "users").reach}


def test_the_strongest_come_first() -> None:
    paths = [one.path for one in where_goes(AUDIT, "user").destinations]
    order = [("observed", "declared", "possible").index(path.evidence) for path in paths]
    assert order == sorted(order)
    assert all(len(a.flows) <= len(b.flows) for a, b in pairwise(paths) if a.evidence == b.evidence)


def test_what_a_service_holds() -> None:
    held = {(one.category, one.field): one for one in holds(AUDIT, "web").holdings}
    assert held[EMAIL, "db/users.email"].came_from == (USERS,)
    assert held[EMAIL, "db/copies.email"].came_from == ()
    assert held[EMAIL, "db/copies.email"].goes_to == (MAIL,)
    assert holds(AUDIT, "users").holdings[0].evidence == "observed"


def test_blast_radius_reaches_the_rest_of_the_store() -> None:
    answer = blast_radius(AUDIT, "users")
    assert answer.stores == ("db",)
    assert {(one.field, one.how) for one in answer.reach} == {
        ("db/users.email", "reads"),
        ("db/users.ssn", "reads"),
        ("db/users.name", "same table"),
        ("db/notes.name", "same table"),
        ("db/copies.email", "same store"),
        (None, "is handed"),
    }
    assert {(one.field, one.how) for one in blast_radius(AUDIT, "web").reach} == {
        ("db/users.email", "is handed"),
        ("db/copies.email", "may be handed"),
        (None, "passes on"),
    }


def test_over_reads_are_what_no_flow_takes_further() -> None:
    found = [(one.operation, one.field, one.answers_unseen) for one in over_reads(AUDIT).over_reads]
    assert found == [("GET /user", "db/users.ssn", False), ("POST /admin", "db/users.ssn", True)]
    answered = replace(AUDIT, flows=(*AUDIT.flows, flow(USERS, WEB, "response", "possible", "users.ssn", "GET /user")))
    assert [one.operation for one in over_reads(answered, "users").over_reads] == ["POST /admin"]
    sent = replace(AUDIT, flows=(*AUDIT.flows, flow(USERS, MAIL, "request", "possible", "users.ssn", "POST /send")))
    assert over_reads(sent).over_reads == ()
    assert over_reads(AUDIT, "web").over_reads == ()


def test_unread_fields() -> None:
    answer = unread(AUDIT)
    assert [(one.field, one.use) for one in answer.fields] == [
        ("db/copies.email", "untouched"),
        ("db/users.name", "only written"),
    ]
    assert answer.asked == 5
    assert [one.field for one in unread(AUDIT, "users.color").fields] == ["db/users.color"]


def test_how_much() -> None:
    answer = how_much(AUDIT, "users.ssn")
    assert answer.seconds == 12 * 3600
    assert [(a.operation, a.reads, a.writes, a.reads_per_day) for a in answer.amounts] == [
        ("GET /user", 40, 0, 80.0),
        ("POST /admin", 2, 2, 4.0),
    ]
    assert [(r.service, r.requests, r.reads, r.per_request) for r in answer.roots] == [
        ("web", 20, 40, 2.0),
        ("users", 1, 2, 2.0),
    ]
    timeless = replace(AUDIT, scope=replace(AUDIT.scope, last=None))
    assert {amount.reads_per_day for amount in how_much(timeless).amounts} == {None}


def test_answers_are_cut_to_size_and_say_so() -> None:
    answer = who_touches(AUDIT, "user")
    shorter, left = bounded(answer, 1)
    assert len(shorter.touchers) == 1
    assert LeftOut("touchers", len(answer.touchers) - 1) in left
    assert bounded(answer, 1000) == (answer, ())
    assert as_json(answer, 1)["left_out"][0]["list"] == "touchers"
