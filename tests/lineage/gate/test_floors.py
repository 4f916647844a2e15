"""Thin telemetry never passes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lineage.audit import Audit
from lineage.gate.floors import Floors, rarity
from lineage.gate.judge import judge
from lineage.gate.moved import Moved
from lineage.gate.policy import Policy, Standards
from lineage.lock import Lock
from tests.lineage.gate.audits import audit, locked


def gate(found: Audit, lock: Lock | None = None, moved: tuple[Moved, ...] = (), **floors: float) -> Audit:
    standards = Standards(Policy(floors=Floors(**floors), moved=moved))  # type: ignore[arg-type]
    return judge(found, lock or locked(audit()), standards)


def test_silence_is_inconclusive() -> None:
    judged = gate(replace(audit(0), exposures=()))
    assert judged.verdict.state == "inconclusive"
    assert judged.findings[0].level == "inconclusive"


def test_a_silent_service_of_the_lock_is_named() -> None:
    silent = gate(audit(services=("web",)))
    assert silent.verdict.state == "inconclusive"
    assert "users" in silent.verdict.reasons[0]
    assert gate(audit(services=("web",)), services=0.5).verdict.state == "pass"
    assert "50%" in gate(audit(services=("web",)), services=0.6).verdict.reasons[0]


def test_a_renamed_service_is_not_silent() -> None:
    moved = (Moved("service", "users", "people"),)
    renamed = audit(services=("people", "web"))
    assert gate(renamed, moved=moved).verdict.state == "pass"
    assert gate(renamed).verdict.state == "inconclusive"
    people = replace(renamed.services[0], operations=("GET /users",))
    assert gate(
        replace(renamed, services=(people, renamed.services[1])), moved=moved, operations=1.0
    ).verdict.state == ("pass")


@pytest.mark.parametrize(
    ("floors", "says"),
    [
        ({"spans": 11}, "10 spans were read, and the policy asks for 11"),
        ({"traces": 2}, "1 traces were read, and the policy asks for 2"),
        ({"operations": 0.9}, "operations of the lock that were not seen: web GET /web (50% of them were seen"),
        ({"statements_parsed": 0.9}, "80% of statement calls could be read, and the policy asks for 90%"),
    ],
)
def test_each_floor(floors: dict[str, float], says: str) -> None:
    found = audit()
    found = replace(found, scope=replace(found.scope, statements=10, statements_parsed=8))
    found = replace(found, services=(found.services[0], replace(found.services[1], operations=())))
    assert gate(found).verdict.state == "pass"
    judged = gate(found, **floors)
    assert judged.verdict.state == "inconclusive"
    assert judged.verdict.reasons[0].startswith(says)


def test_a_new_exposure_fails_even_when_telemetry_is_thin() -> None:
    judged = gate(audit(services=("web",)), replace(locked(audit()), approvals=()))
    assert judged.verdict.state == "not_approved"
    assert len(judged.verdict.reasons) == 2


def test_many_silent_services_are_counted() -> None:
    lock = replace(locked(audit()), services=tuple(f"s{n:02}" for n in range(25)))
    assert "and 15 more" in gate(audit(), lock).verdict.reasons[0]


def test_how_rare_a_thing_may_be_that_was_not_seen() -> None:
    assert rarity(0) is None
    assert "too few" in (rarity(3) or "")
    assert "below 3/1,000 (0.30%) at 95 %" in (rarity(1000) or "")
    found = audit()
    many = replace(found, scope=replace(found.scope, traces=600))
    assert "3/600 (0.50%)" in gate(many).verdict.notes[0]
