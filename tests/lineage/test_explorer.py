"""Views of a finished audit: services, calls, calling paths, amplification."""

from __future__ import annotations

import pytest

from lineage.amplification import EdgeLoad
from lineage.audit import Audit, AuditOperation, AuditService, Call, Scope
from lineage.explorer import amplification, contexts, edges, explore, latency, services
from lineage.histogram import EMPTY, ERROR, histogram_of
from lineage.model import Operation, Party
from lineage.sampling import UNKNOWN, Sampled
from lineage.system import Context

MS = 1_000_000
SCOPE = Scope("1", (), (), 0, 0, None, None, 0, 0, "not stated")
PAGE, USER, NEWS = Operation("web", "GET /"), Operation("users", "GET /user"), Operation("web", "GET /news")


def operation(service: str, name: str, milliseconds: list[int], errors: int, sampled: Sampled) -> AuditOperation:
    times = histogram_of(n * MS for n in milliseconds)
    return AuditOperation(service, name, "server", len(milliseconds), errors, times, sampled)


AUDIT = Audit(
    SCOPE,
    services=(AuditService("users", (), 5), AuditService("web", (), 9), AuditService("silent", (), 0)),
    operations=(
        operation("web", "GET /", [1, 2, 3], 1, Sampled("adjusted", 12)),
        operation("web", "GET /news", [100], 0, Sampled("exact", 1)),
        operation("users", "GET /user", [5], 1, UNKNOWN),
    ),
    calls=(
        Call("web", "users", "GET /user", "http", 4, 1, 2.0, None, histogram_of([7 * MS] * 4), Sampled("adjusted", 16)),
        Call("web", "silent", "GET /", "http", 9, 0, 1.0),
        Call(None, "web", "GET /", "http", 3, 0, 1.0),
    ),
    contexts=(Context((PAGE,), 4, (), 1, histogram_of([MS])), Context((PAGE, USER, USER), 4)),
    further_contexts=(Context((PAGE, USER), 2), Context((NEWS, PAGE), 7)),
    loads=(
        EdgeLoad(PAGE, PAGE, Party("service", "users"), "GET /user", "http", "call", histogram_of([0, 0, 0, 4]), 4),
        EdgeLoad(PAGE, USER, Party("store", "db"), "s1-a", "db", "statement", histogram_of([9, 0, 0, 0]), 9),
    ),
)


def test_a_service_is_the_sum_of_its_operations() -> None:
    web, users, silent = services(AUDIT)
    assert (web.name, web.calls, web.errors, web.error_share) == ("web", 4, 1, 0.25)
    assert web.latency is not None
    assert (web.latency.p50, web.latency.most) == (pytest.approx(2, rel=ERROR), 100)
    assert (web.callers, web.callees, users.callers, silent.callers) == (0, 2, 1, 1)
    assert web.sampled == Sampled("adjusted", 13)
    assert silent.latency is None


def test_calls_tell_their_share_of_errors_and_how_long_they_take() -> None:
    silent, users, outside = edges(AUDIT)
    assert (users.calls, users.error_share, users.sampled) == (4, 0.25, Sampled("adjusted", 16))
    assert users.latency is not None
    assert (users.latency.p50, users.latency.p99) == (pytest.approx(7, rel=ERROR), 7)
    assert silent.latency is None
    assert outside.caller is None


def test_a_path_is_told_by_its_calls_for_each_call_of_the_path_before() -> None:
    ratios = {context.path: context.per_parent for context in contexts(AUDIT)}
    assert ratios == {(PAGE,): None, (PAGE, USER): 0.5, (PAGE, USER, USER): 2.0, (NEWS, PAGE): None}


def test_amplification_counts_requests_without_a_call() -> None:
    statements, calls = amplification(AUDIT)
    assert (statements.requests, statements.calls, statements.mean, statements.p99, statements.most) == (
        4,
        9,
        2.25,
        9,
        9,
    )
    assert (calls.requests, calls.mean) == (4, 1.0)


def test_a_part_keeps_the_figures_of_the_whole() -> None:
    part = Audit(SCOPE, services=AUDIT.services[:1])
    explored = explore(AUDIT, part)
    assert [(one.name, one.callers) for one in explored.services] == [("users", 1)]
    assert explored.calls == explored.amplification == ()


def test_no_durations_are_no_latency() -> None:
    assert latency(EMPTY) is latency(histogram_of([0, 0])) is None
