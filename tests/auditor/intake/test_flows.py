"""Metrics: network flows become connections in the journal, the rest is counted and told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from auditor.intake import Answer, Delivery, Intake, Outcome
from auditor.intake.counters import Count
from auditor.intake.flows import unpacked
from auditor.intake.journal import read_entries
from auditor.telemetry.network_flows import connections_of
from lineage.dark import Connection

ENDS = {"k8s.src.owner.name": "web", "k8s.dst.owner.name": "orders-db", "src.address": "8.8.8.7"}
CUMULATIVE, DELTA = 2, 1


def metrics(values: list[int], temporality: int, name: str = "obi.network.flow.bytes") -> dict[str, Any]:
    """A request: the flow's values at seconds 1, 2, 3 ... and as many points of another metric."""
    attributes = [{"key": key, "value": {"stringValue": text}} for key, text in ENDS.items()]
    points = [
        {"attributes": attributes, "startTimeUnixNano": "1", "timeUnixNano": str(second), "asInt": str(value)}
        for second, value in enumerate(values, start=1)
    ]
    data = {"dataPoints": points, "aggregationTemporality": temporality, "isMonotonic": True}
    named = [{"name": name, "sum": data}, {"name": "http.server.duration", "gauge": {"dataPoints": points}}]
    return {"resourceMetrics": [{"scopeMetrics": [{"metrics": named}]}]}


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    one = Intake(tmp_path / "intake")
    one.start()
    yield one
    assert one.stop()


def deliver(intake: Intake, document: dict[str, Any], form: Any) -> Answer:
    body = json.dumps(document).encode()
    if form == "protobuf":
        body = ParseDict(document, ExportMetricsServiceRequest()).SerializeToString()
    return intake.deliver(Delivery("metrics", form, "identity", body)).result(10)


def connections(intake: Intake) -> list[Connection]:
    return list(connections_of(point for entry in read_entries(intake.folder) for point in unpacked(entry.body)))


@pytest.mark.parametrize("form", ["protobuf", "json"])
@pytest.mark.parametrize(("temporality", "amount"), [(CUMULATIVE, 9), (DELTA, 16)])
def test_flows_add_up_over_requests_and_resends(intake: Intake, form: str, temporality: int, amount: int) -> None:
    for values in ([4], [4, 3], [4, 3, 9]):  # each sends the earlier points again
        answer = deliver(intake, metrics(values, temporality), form)
        assert (answer.outcome, answer.rejected) == (Outcome.ACCEPTED, len(values))
        assert answer.message == f"{len(values)} data points that are not used here and were dropped"
    ends = ("web", "8.8.8.{}"), ("orders-db",)
    assert connections(intake) == [Connection("network", *ends, amount, None, False)]
    assert intake.counters().of("metrics", Outcome.ACCEPTED) == Count(3, 3)
    assert intake.counters().of("metrics", Outcome.DEDUPLICATED) == Count(0, 3)
    assert intake.counters().received("metrics") == Count(3, 12)


def test_other_metrics_are_dropped_and_told(intake: Intake) -> None:
    answer = deliver(intake, metrics([1, 2], DELTA, name="other"), "protobuf")
    assert answer.rejected == 4
    assert list(read_entries(intake.folder)) == []
