"""Who calls whom, and what a request sets off."""

from __future__ import annotations

from dataclasses import replace

from lineage.audit import Audit, AuditService, Call
from reports.calls_view import multiplied, neighbourhoods, rings, roots
from reports.html import render


def test_a_chain_is_told_by_distance() -> None:
    chain = {name: frozenset({after}) for name, after in zip("abcde", "bcdef", strict=True)}
    assert rings(chain, "a") == ((2, ("c",)), (3, ("d",)))
    assert rings(chain, "a", depth=9)[-1] == (5, ("f",))
    assert rings(chain, "f") == ()


def test_a_circle_ends_and_names_each_once() -> None:
    circle = {"a": frozenset("b"), "b": frozenset("c"), "c": frozenset("a")}
    assert rings(circle, "a", depth=9) == ((2, ("c",)),)
    assert rings({"a": frozenset("a")}, "a") == ()


def test_calls_and_callers_with_the_busiest_first(sample: Audit) -> None:
    web = neighbourhoods(sample)["web"]
    assert [call.callee for call in web.calls] == ["catalogue", "identity", "shop", "checkout"]
    assert [call.caller for call in web.callers] == [None]
    assert dict(web.beyond)[2] == ("api.payments.example", "orders", "shopdb")
    mailer = neighbourhoods(sample)["mailer"]
    assert mailer.before == ()


def test_callers_beyond_the_direct_ones(sample: Audit) -> None:
    calls = (Call("a", "b", "x", "http", 1, 0, 1.0), Call("b", "c", "x", "http", 1, 0, 1.0))
    audit = replace(sample, services=tuple(AuditService(n, (), 1) for n in "abc"), calls=calls)
    assert neighbourhoods(audit)["c"].before == ((2, ("a",)),)


def test_what_is_left_out_of_a_service_is_counted(sample: Audit) -> None:
    calls = tuple(Call("web", f"s{n:02}", "x", "http", n + 1, 0, 1.0) for n in range(20))
    web = neighbourhoods(replace(sample, calls=calls))["web"]
    assert len(web.calls) + web.calls_left_out == 20
    assert web.calls[0].callee == "s19"


def test_a_request_and_what_it_sets_off(sample: Audit) -> None:
    found, left = roots(sample)
    load = {(root.operation.service, root.operation.name): root for root in found}
    order = load["web", "POST /orders"]
    assert (order.requests, order.operations) == (310, 1.0)
    assert round(order.statements, 2) == round((310 + 298) / 310, 2)
    assert load["web", "GET /"].statements == 0
    assert load["reporting", "nightly export"].statements == 1.0
    assert found[0].operation.name == "POST /login"
    assert left == 0


def test_calls_tell_how_long_they_take_and_what_their_number_is_worth(sample: Audit) -> None:
    (login,) = [call for call in neighbourhoods(sample)["web"].calls if call.callee == "identity"]
    assert login.latency is not None
    assert (login.latency.most, login.sampled.adjusted) == (405, 8840)


def test_only_edges_that_some_request_sets_off_several_times_are_told(sample: Audit) -> None:
    found, left = multiplied(sample)
    assert [(one.load.callee.name, one.load.most) for one in found] == [("catalogue", 16), ("shopdb", 3)]
    assert found[1].what.startswith("SELECT id, email")
    assert left == 0


def test_the_page_tells_them_with_their_cause(sample: Audit) -> None:
    page = render(sample)
    section = page.partition('id="multiplied"')[2].partition('id="parties"')[0]
    assert "loop: each web GET / calls catalogue GET /products" in section
    assert "fan-out: 3 paths lead there from web GET /" in section
    assert "at least 2,210 calls (sampled; about 8,840)" in page
    assert 'id="multiplied"' not in render(replace(sample, loads=()))
