"""A page of a large system: small enough to open, and it says what it leaves out."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from functools import cache

from auditor.explorer import MOST
from classifiers.taxonomy import sensitivity
from lineage.amplification import Cause, EdgeLoad
from lineage.audit import Audit, AuditOperation, Call, OverFetch
from lineage.exposures import find_exposures
from lineage.histogram import histogram_of
from lineage.model import Gap, Operation, Party
from lineage.sampling import Sampled
from reports.html import render
from reports.limits import FLOWS, LOADS
from tests.bench.graph import made_up

SERVICES, ALL_FLOWS, LIMIT = 200, 20_000, 2_000_000  # bytes


@cache
def large() -> Audit:
    """200 services that call twenty others each and hand on nearly everything: more than real systems do."""
    audit, chance = made_up(SERVICES, ALL_FLOWS), random.Random(1)
    pairs = sorted({(f.source.name, f.sink.name) for f in audit.flows if f.source.kind == "service"})
    times, sampled = histogram_of(range(10**6, 10**9, 10**7)), Sampled("adjusted", 99_999)
    calls = tuple(
        Call(a, b, "POST /thing/{id}", "http", chance.randrange(1, 9999), 3, 1.5, None, times, sampled)
        for a, b in pairs
    )
    root, spread = Operation("service-0001", "GET /"), histogram_of([0, 1, 300])
    loads = tuple(
        EdgeLoad(root, caller, callee, "POST /thing/{id}", "http", "call", spread, 9, cause)
        for a, b in pairs[:MOST]
        for caller, callee in [(Operation(a, "POST /thing"), Party("service", b))]
        for cause in [Cause("loop", caller, callee, "POST /thing/{id}", 12.5, 300)]
    )
    hides = "what the exchange carries: every item in hand is possible"
    return replace(
        audit,
        exposures=find_exposures(audit.flows, sensitivity),
        calls=calls,
        operations=tuple(
            AuditOperation(service.name, "GET /it", "server", 1000, 3, times, sampled) for service in audit.services
        ),
        loads=loads,
        gaps=tuple(Gap("no_schema", f"service-{n:04} POST /thing/{{}}", 3, 0.5, hides) for n in range(400)),
        over_fetch=tuple(OverFetch(a.service, a.operation, a.field, "user.name", a.calls) for a in audit.accesses),
    )


@cache
def page() -> str:
    return render(large())


def test_two_hundred_services_stay_below_two_megabytes() -> None:
    assert len(page().encode()) < LIMIT


def test_every_service_has_its_section_and_every_link_leads_somewhere() -> None:
    ids = re.findall(r' id="([^"]+)"', page())
    assert len(ids) == len(set(ids))
    assert set(re.findall(r' href="#([^"]+)"', page())) <= set(ids)
    assert {f"party-service.{service.name}" for service in large().services} <= set(ids)


def test_what_is_left_out_is_counted() -> None:
    audit = large()
    shown = len(re.findall(r'<li id="flow-', page()))
    assert shown == FLOWS
    assert f"{len(audit.flows) - shown:,} flows in all are not on this page" in page()
    told = len(re.findall(r' id="exposure-', page()))
    (left,) = re.findall(r"([\d,]+) more exposures not approved", page())
    assert told + int(left.replace(",", "")) == len(audit.exposures)
    assert "more recipients, all of them our own: not on this page" in page()
    assert "more gaps" in page()
    assert f"{len(large().loads) - LOADS:,} more edges" in page()


def test_the_gravest_flows_stay() -> None:
    kept = set(re.findall(r'<li id="flow-([^"]+)"', page()))
    tiers = {sensitivity(flow.category) for flow in large().flows if flow.id in kept}
    assert tiers == {"critical"}


def test_a_diagram_too_large_to_read_is_followed_by_small_ones() -> None:
    diagram = page().partition('<section id="diagram"')[2].partition('<section id="matrix"')[0]
    assert diagram.count('<svg class="graph') > 2
    assert len(re.findall(r"The drawing leaves out [\d,]+ part", diagram)) >= 2
    assert "How personal data gets to host-" in diagram
    assert "more outside parties without a diagram of their own" in diagram
