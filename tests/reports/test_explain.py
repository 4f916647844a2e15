"""An exposure's story: statements, hops, versions, and what to do about it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lineage.audit import Access, Audit, AuditService, Exposure, Flow, OverFetch, Place, ServiceVersion
from lineage.model import Party
from reports.explain import full_story, leak_story, story
from reports.introduced import introduced
from reports.remedies import remedies

EXPORT = "e1-f2b4c3e3da37ad82"  # e-mail addresses to metrics.example.test
WEB = Party("service", "web")


def told(audit: Audit, id_: str) -> list[str]:
    [exposure] = [exposure for exposure in audit.exposures if exposure.id == id_]
    return list(full_story(audit, exposure))


def test_it_names_the_operation_the_column_its_line_and_the_shape(sample: Audit) -> None:
    lines = told(sample, EXPORT)
    at = lines.index("Read and written by:")
    assert lines[at + 1] == (
        "  reporting in 'nightly export': shopdb/customers.email projected, 4 calls, declared at shop.sql:4"
    )
    assert lines[at + 2].startswith("    s5: SELECT c.email, c.birth_date, o.total_cents FROM customers c JOIN")
    assert not any("GET /customers/{id}" in line for line in lines)  # another service reads the same column


def test_hops_stand_in_the_order_of_the_path(sample: Audit) -> None:
    lines = told(sample, "e1-c60933fb8e27350d")
    before, own = lines.index("On the way there:"), lines.index("Reaches it by:")
    assert lines[before + 1].startswith("  observed read store shopdb -> service shop")
    assert lines[own + 1].startswith("  declared response service shop -> service web")


def test_a_story_ends_with_what_to_do(sample: Audit) -> None:
    lines = told(sample, EXPORT)
    todo = lines[lines.index("What to do:") :]
    for words in ("fix the query", "redact it before the call", "auditor approve e1-", "auditor waive e1-", "--schema"):
        assert any(words in line for line in todo), words


def test_rules_are_told_with_their_law(sample: Audit) -> None:
    lines = told(sample, "e1-1356ddbdab89d71f")
    assert any(
        "no-birth-dates-outside, high: Dates of birth" in line and "(GDPR Art. 5(1)(c))" in line for line in lines
    )
    assert not any("auditor approve" in line for line in lines)  # what a rule forbids is not approved


def test_names_cannot_add_lines_or_escapes(sample: Audit, poison: Any) -> None:
    hostile = poison(sample, "\n::error::\x1b[2J\u202e")
    for exposure in hostile.exposures:
        assert all(line.isprintable() for line in [*full_story(hostile, exposure), *story(hostile, exposure)])
    assert all(line.isprintable() for leak in hostile.leaks for line in leak_story(hostile, leak))


def test_a_leak_has_a_story_too(sample: Audit) -> None:
    [leak] = [leak for leak in sample.leaks if leak.service == "web"]
    lines = list(leak_story(sample, leak))
    assert lines[0] == f"TOLD user.contact.phone_number inside telemetry, in url.path of service web {leak.id}"
    assert not any("waive" in line for line in lines)
    assert any("waive" in line for line in leak_story(sample, replace(leak, state="violation")))


def flow(first_seen: str | None, direction: Any = "request", **more: Any) -> Flow:
    source, sink = (WEB, Party("outsider", "x.test")) if direction == "request" else (Party("store", "db"), WEB)
    given = {"field": "db/t.email", "evidence": "possible"} | more
    return Flow(
        "f1-1",
        "user.name",
        given.pop("field"),
        source,
        sink,
        direction,
        "s1",
        given.pop("evidence"),
        1,
        first_seen,
        first_seen,
        (),
        **given,
    )


def versions(*windows: tuple[str, int, int]) -> dict[str, AuditService]:
    ran = (ServiceVersion(name, f"2026-01-01T00:0{a}:00Z", f"2026-01-01T00:0{b}:00.5+00:00") for name, a, b in windows)
    return {"web": AuditService("web", (), 1, tuple(ran))}


@pytest.mark.parametrize("direction", ["request", "read"])
@pytest.mark.parametrize(
    ("windows", "words"),
    [
        ([("1.0", 1, 2), ("2.0", 3, 5)], "introduced by web 2.0: not seen while it ran as 1.0"),
        ([("1.0", 3, 5), ("2.0", 6, 7)], "web did it from version 1.0 on, the first in this telemetry"),
        ([("1.0", 1, 5), ("2.0", 3, 5)], "web ran as 1.0, 2.0: which of them brought it, this telemetry does not tell"),
        ([("1.0", 1, 5)], "web was version 1.0 all the time"),
        ([], None),
    ],
)
def test_a_version_is_named_only_when_telemetry_tells(
    direction: str, windows: list[tuple[str, int, int]], words: str | None
) -> None:
    lines = list(introduced([flow("2026-01-01T00:04:00+00:00", direction)], versions(*windows)))
    assert lines[0].startswith("first seen 2026-01-01T00:04:00+00:00")
    assert [line.startswith(words) for line in lines[1:]] == ([True] if words else [])


def test_without_times_nothing_is_said_of_versions() -> None:
    assert list(introduced([flow(None)], versions(("1.0", 1, 5)))) == []
    assert list(introduced([flow("soon")], versions(("1.0", 1, 5), ("2.0", 6, 7))))[1].endswith("does not tell")


def advice(sample: Audit, sink: Party, one: Flow, state: Any = "new") -> str:
    exposure = Exposure("e1-9", "user.name", sink, state, one.evidence, "high", (one.id,), ())
    return "\n".join(remedies(sample, exposure, [one]))


def test_what_to_do_depends_on_the_kind_of_flow(sample: Audit) -> None:
    outside = advice(sample, Party("outsider", "x.test"), flow("2026-01-01T00:04:00Z"))
    assert "redact it before the call" in outside
    assert "find out first" in outside
    declared = advice(sample, WEB, replace(flow(None), evidence="declared", sink=WEB, places=(Place("a.proto", 7),)))
    assert "drop the field from the payload schema (a.proto:7)" in declared
    assert "find out first" not in declared
    written = replace(flow(None), evidence="observed", direction="write", sink=Party("store", "db"))
    assert "do not write it" in advice(sample, Party("store", "db"), written)
    published = replace(flow(None), direction="publish", sink=Party("channel", "orders"))
    assert "before it is published" in advice(sample, Party("channel", "orders"), published)
    assert "nothing: it is approved" in advice(sample, WEB, flow(None), "approved")


def test_a_query_is_idle_only_when_no_operation_passes_the_field_on(sample: Audit) -> None:
    read = replace(flow(None, "read"), evidence="observed")
    accesses = tuple(Access("web", op, "db/t.email", ("projected",), 1, ("s1",)) for op in ("a", "b"))
    idle = tuple(OverFetch("web", op, "db/t.email", "user.name", 1) for op in ("a", "b"))
    some = replace(sample, accesses=accesses, over_fetch=idle[:1])
    assert "if it is not needed there" in advice(some, WEB, read)
    assert "nothing that it answers, calls or publishes" in advice(replace(some, over_fetch=idle), WEB, read)
