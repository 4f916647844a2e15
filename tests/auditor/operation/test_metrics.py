from __future__ import annotations

from collections.abc import Iterable

import pytest
from prometheus_client.parser import text_string_to_metric_families

from api.examples import EXAMPLE
from auditor.operation.audited import samples_of
from auditor.operation.families import FAMILIES, Sample
from auditor.operation.metrics import MAX_SERIES, Metrics


def shown(metrics: Metrics) -> dict[tuple[str, tuple[str, ...]], float]:
    """Every sample by name and label values, as a scraper reads it."""
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
    }


def test_every_family_can_be_exported_under_its_name() -> None:
    metrics = Metrics()
    provided = [family for family in FAMILIES if not family.name.startswith(("auditor_http", "auditor_provider"))]
    metrics.provide(lambda: [Sample(family.name, 3, ("x",) * len(family.labels)) for family in provided])
    metrics.request("GET", "/api/flows", 200, 0.02)
    names = {name for name, _ in shown(metrics)}
    for family in FAMILIES:
        wanted = family.name + ("_bucket" if family.kind == "histogram" else "")
        assert wanted in names
        assert family.name.endswith("_total") is (family.kind == "counter")


def test_what_an_audit_says() -> None:
    metrics = Metrics()
    metrics.provide(lambda: samples_of(EXAMPLE, now=1741024900.0))
    found = shown(metrics)
    assert found["auditor_exposures", ("new",)] == 1
    assert found["auditor_exposures", ("violation",)] == 0
    assert found["auditor_gaps", ("no_schema",)] == 1
    assert found["auditor_audit_age_seconds", ()] == 100


def test_requests_are_counted_by_template() -> None:
    metrics = Metrics()
    for status in (200, 200, 404):
        metrics.request("GET", "/api/flows/{id}", status, 0.3)
    found = shown(metrics)
    assert found["auditor_http_requests_total", ("GET", "/api/flows/{id}", "200")] == 2
    assert found["auditor_http_request_duration_seconds_count", ("/api/flows/{id}",)] == 3


def test_series_are_bounded_and_nothing_is_lost() -> None:
    metrics = Metrics()
    metrics.provide(lambda: (Sample("auditor_gaps", 1, (f"kind{n}",)) for n in range(5000)))
    found = {labels: value for (name, labels), value in shown(metrics).items() if name == "auditor_gaps"}
    assert len(found) == MAX_SERIES + 1
    assert sum(found.values()) == 5000


def test_a_provider_that_fails_costs_only_its_own_figures(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Iterable[Sample]:
        raise ValueError("canary")

    metrics = Metrics()
    metrics.provide(broken)
    metrics.provide(lambda: [Sample("auditor_leaks", 2)])
    metrics.text()
    found = shown(metrics)
    assert found["auditor_leaks", ()] == 2
    assert found["auditor_provider_failures_total", ()] >= 1
    assert "canary" not in caplog.text


def test_label_values_cannot_write_lines() -> None:
    metrics = Metrics()
    metrics.provide(lambda: [Sample("auditor_gaps", 1, ('a"\nauditor_leaks 7\n',))])
    assert ("auditor_leaks", ()) not in shown(metrics)
