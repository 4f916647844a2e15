"""A small audit to judge, and pieces of policies."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from lineage.audit import Audit, AuditService, Exposure, Outsider, Scope
from lineage.diff import leak_id
from lineage.exposures import find_exposures
from lineage.findings import RuleText, Severity, Waiver
from lineage.gate.approve import Word, approve
from lineage.gate.rules import Conditions, Effect, Rule
from lineage.lock import Lock
from lineage.model import Leak
from tests.lineage.test_graph import CHAIN

TODAY = date(2026, 3, 1)
SCOPE = Scope("0", (), (), 10, 1, None, None, 0, 0, "")
LEAK = Leak("web", "http.url?email", "user.contact.email", 3)
LEAK_ID = leak_id(LEAK.service, LEAK.attribute, LEAK.category)
PAY = "pay.test"


def audit(spans: int = 10, services: tuple[str, ...] = ("users", "web"), leaks: tuple[Leak, ...] = ()) -> Audit:
    """The store db is read by users, which answers web, which calls the outsider pay.test: always e-mail."""
    return Audit(
        replace(SCOPE, spans=spans),
        services=tuple(AuditService(name, (f"GET /{name}",), 1) for name in services),
        outsiders=(Outsider(PAY, ("http",), "Pay Inc", "payments", "US"),),
        flows=tuple(CHAIN),
        exposures=find_exposures(CHAIN, lambda _: "high"),
        leaks=leaks,
    )


def exposure(found: Audit, sink: str) -> Exposure:
    """The exposure at a sink."""
    return next(e for e in found.exposures if e.sink.name == sink)


def id_of(sink: str) -> str:
    """The id of the exposure at a sink."""
    return exposure(audit(), sink).id


def locked(found: Audit, purpose: str = "") -> Lock:
    """A lock that approves all of an audit."""
    return approve(found, None, None, Word("ann", "2026-01-02", "baseline", purpose)).lock


def rule(
    id_: str = "house.rule",
    effect: Effect = "deny",
    when: Conditions = Conditions(sink=(PAY,)),  # noqa: B008 (frozen)
    severity: Severity = "high",
    unless: Conditions | None = None,
    priority: int = 0,
    needs_purpose: bool = False,
    longest_waiver: int | None = None,
) -> Rule:
    """A rule, about pay.test unless told otherwise."""
    text = RuleText(id_, severity, f"the text of {id_}", source="policy.toml")
    return Rule(text, effect, when, unless, priority, needs_purpose, longest_waiver)


def waiver(id_: str, expires: str = "2026-04-01", created: str = "2026-02-01") -> Waiver:
    """A waiver that is good on TODAY."""
    return Waiver(id_, "wait for v2", "web team", expires, created=created)
