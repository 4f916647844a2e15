from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from lineage.audit import Audit, AuditService, Call, Flow, Scope
from lineage.model import Party
from reports.drawing import draw
from reports.edges import MAX_LINES, MAX_PARTIES, edges

EMPTY = Audit(scope=Scope("0.1", (), (), 0, 0, None, None, 0, 0, "not stated"))


def groups(svg: str, word: str) -> list[ElementTree.Element]:
    return [g for g in ElementTree.fromstring(svg).iter("g") if word in g.get("class", "").split()]


def test_every_party_and_line_is_drawn(sample: Audit) -> None:
    drawing = draw(sample)
    parties = len(sample.services) + len(sample.stores) + len(sample.outsiders) + len(sample.channels)
    assert len(groups(drawing.svg, "node")) == parties
    entered = {call.callee for call in sample.calls if call.caller is None}
    assert len(groups(drawing.svg, "edge")) == len(edges(sample)) + len(entered)
    assert drawing.omitted == ""


def test_evidence_and_decision_are_words_and_line_styles(sample: Audit) -> None:
    possible = groups(draw(sample).svg, "possible")
    assert possible
    for group in possible:
        line = next(e for e in group.iter("path"))
        assert line.get("stroke-dasharray") == "2 3"
        assert any("possible" in (text.text or "") for text in group.iter("text"))
    for group in groups(draw(sample).svg, "undecided"):
        assert any("not approved" in (text.text or "") for text in group.iter("text"))


def test_a_line_shows_the_evidence_of_the_category_it_names(sample: Audit) -> None:
    web, pay = Party("service", "web"), Party("outsider", "pay.test")
    flow = Flow("f", "user.unique_id", None, web, pay, "request", "", "observed", 1, None, None, ())
    ssn = replace(flow, id="s", category="user.government_id", evidence="possible")
    [line] = edges(replace(EMPTY, outsiders=(), flows=(flow, ssn)))
    assert (line.categories[0].key, line.evidence) == ("user.government_id", "possible")


def test_a_service_and_a_store_of_one_name_are_two(sample: Audit) -> None:
    nodes = [g for g in groups(draw(sample).svg, "node") if any(t.text == "identity" for t in g.iter("text"))]
    assert sorted(node.get("class", "") for node in nodes) == ["node service", "node store"]


def test_calls_without_personal_data_are_drawn_faintly(sample: Audit) -> None:
    calls = [edge for edge in edges(sample) if edge.evidence is None]
    assert [(edge.source.name, edge.sink.name) for edge in calls] == [("web", "catalogue")]
    assert len(groups(draw(replace(sample, calls=tuple(c for c in sample.calls if c.caller))).svg, "call")) == 1


def test_order_does_not_matter(sample: Audit, shuffled: Audit) -> None:
    assert draw(sample) == draw(shuffled)


def test_legible_without_css(sample: Audit) -> None:
    svg = ElementTree.fromstring(draw(sample).svg)
    for shape in [*svg.iter("rect"), *svg.iter("path"), *svg.iter("polygon"), *svg.iter("text")]:
        assert shape.get("fill")
    assert all(text.get("text-anchor") == "middle" for text in svg.iter("text"))


@pytest.mark.parametrize("name", ['<<TABLE HREF="javascript:x"><TR><TD>a</TD></TR></TABLE>>', "\\N|{a}", "x" * 10**6])
def test_names_never_reach_the_layout(sample: Audit, poison: Any, name: str) -> None:
    hostile, plain = draw(poison(sample, name)).svg, draw(poison(sample, " plain and long enough to be cut" * 2)).svg
    assert len(hostile) < 200_000
    tags = [sorted(e.tag for e in ElementTree.fromstring(svg).iter()) for svg in (hostile, plain)]
    assert tags[0] == tags[1]
    assert all(a.get("href", "").startswith("#") for a in ElementTree.fromstring(hostile).iter("a"))


def test_an_empty_audit_is_an_empty_drawing() -> None:
    assert groups(draw(EMPTY).svg, "node") == []


def test_a_call_to_oneself_is_not_drawn() -> None:
    audit = replace(EMPTY, services=(AuditService("a", (), 1),), calls=(Call("a", "a", "x", "http", 1, 0, 1.0),))
    assert groups(draw(audit).svg, "edge") == []


def test_too_many_parties_leave_those_that_no_personal_data_crosses(sample: Audit) -> None:
    crowd = tuple(AuditService(f"idle-{n:03}", (), 1) for n in range(MAX_PARTIES))
    drawing = draw(replace(sample, services=sample.services + crowd))
    assert len(groups(drawing.svg, "node")) == 12
    assert "leaves out 121 parties and 1 line" in drawing.omitted


def test_still_too_many_leave_the_least_sensitive(sample: Audit) -> None:
    seed = sample.flows[0]
    many = tuple(
        replace(seed, id=f"f{n}", source=Party("service", f"a{n:03}"), sink=Party("service", f"b{n:03}"))
        for n in range(MAX_PARTIES)
    )
    drawing = draw(replace(EMPTY, flows=many))
    assert len(groups(drawing.svg, "node")) == MAX_PARTIES
    assert "leaves out 120 parties and 60 lines" in drawing.omitted


def test_too_many_lines_leave_the_least_sensitive(sample: Audit) -> None:
    seed = sample.flows[0]
    names = [f"s{n}" for n in range(20)]
    pairs = [(Party("service", a), Party("service", b)) for a in names for b in names if a != b]
    many = tuple(replace(seed, id=f"f{n}", source=a, sink=b) for n, (a, b) in enumerate(pairs))
    drawing = draw(replace(EMPTY, flows=many))
    assert len(groups(drawing.svg, "edge")) == MAX_LINES
    assert f"{len(pairs) - MAX_LINES} lines" in drawing.omitted


def test_callers_that_no_trace_shows_are_one_ellipse_with_a_line_to_each_service_they_call(sample: Audit) -> None:
    outside = (
        Call(None, "web", "GET /", "http", 5, 1, 1.0),
        Call(None, "web", "GET /login", "http", 2, 0, 1.0),
        Call(None, "identity", "GET /me", "http", 1, 0, 1.0),
    )
    drawn = draw(replace(sample, calls=outside)).svg
    [clients] = groups(drawn, "clients")
    assert [shape.tag for shape in clients if shape.tag == "ellipse"] == ["ellipse"]
    titles = [title.text or "" for group in groups(drawn, "call") for title in group.iter("title")]
    assert [title for title in titles if title.startswith("outside")] == [
        "outside the traces → identity: 1 call",
        "outside the traces → web: 7 calls, 1 error",
    ]
    assert groups(draw(replace(sample, calls=())).svg, "clients") == []


def test_requests_from_outside_lead_rightwards_to_whom_they_enter(sample: Audit) -> None:
    drawn = draw(replace(sample, calls=(Call(None, "web", "GET /", "http", 5, 0, 1.0),))).svg
    [ellipse] = list(ElementTree.fromstring(drawn).iter("ellipse"))
    boxes = [shape for node in groups(drawn, "node") for shape in node.iter() if shape.tag == "rect"]
    assert all(float(ellipse.get("cx", "")) < float(box.get("x", "")) + float(box.get("width", "")) for box in boxes)
