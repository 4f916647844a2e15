"""Metrics: network flows are kept, as connections without labels; all other data points are counted and dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import orjson
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric

from auditor.intake.hashing import Hasher
from auditor.intake.messages import Form, Reason
from auditor.intake.seen import Keys, as_keys
from auditor.intake.verdict import Verdict
from auditor.telemetry.network_flows import FlowPoint, dicts, flow_points, is_flow_metric, metrics_in
from auditor.telemetry.raw import Value
from lineage.dark import Connection

_DATA = ("gauge", "sum", "histogram", "exponentialHistogram", "summary")


@dataclass(frozen=True, slots=True)
class KeptFlow:
    """A data point of a network flow, redacted. `series` is a keyed hash of its labels; `key` of its time too."""

    key: int
    series: int
    is_cumulative: bool
    connection: Connection


def decode_metrics(bodies: Iterable[tuple[Form, bytes]], hasher: Hasher) -> tuple[list[KeptFlow], list[Verdict]]:
    """(the flows, a verdict for each body)."""
    kept: list[KeptFlow] = []
    verdicts = []
    for form, body in bodies:
        verdict = Verdict()
        verdicts.append(verdict)
        found = _protobuf(body) if form == "protobuf" else _json(body)
        if found is None:
            verdict.problem = f"the body is no OTLP metrics request in {form}"
            continue
        count, metrics = found
        flows = [_kept(point, hasher) for metric in metrics for point in flow_points(metric)]
        verdict.items = len(flows)
        verdict.reject(Reason.NOT_USED, count - len(flows))
        kept += flows
    return kept, verdicts


def keys_of(flows: Sequence[KeptFlow]) -> Keys:
    """What data points are known by."""
    return as_keys(np.array([flow.key for flow in flows], np.uint64))


def packed(flows: Iterable[KeptFlow]) -> bytes:
    """Flows as bytes for the journal."""
    return orjson.dumps(list(flows))


def unpacked(data: bytes) -> list[FlowPoint]:
    """The flows again, for `network_flows.connections_of`."""
    return [
        FlowPoint(
            (flow["series"],),
            "",
            flow["is_cumulative"],
            Connection(
                flow["connection"]["kind"],
                tuple(flow["connection"]["source"]),
                tuple(flow["connection"]["target"]),
                flow["connection"]["amount"],
                flow["connection"]["port"],
                flow["connection"]["is_sure"],
            ),
        )
        for flow in orjson.loads(data)
    ]


def _kept(point: FlowPoint, hasher: Hasher) -> KeptFlow:
    series = repr(point.series)
    key, own = hasher.one(f"{series} {point.time}".encode()), hasher.one(series.encode())
    return KeptFlow(key, own, point.is_cumulative, point.connection)


def _protobuf(body: bytes) -> tuple[int, list[dict[str, Value]]] | None:
    """(data points in all, the flow metrics as they would be in JSON), None for no request."""
    request = ExportMetricsServiceRequest()
    try:
        request.ParseFromString(body)
    except (DecodeError, RecursionError):
        return None
    metrics = [
        metric for resource in request.resource_metrics for scope in resource.scope_metrics for metric in scope.metrics
    ]
    flows = [MessageToDict(metric) for metric in metrics if is_flow_metric(metric.name)]
    return sum(map(_points, metrics)), flows


def _points(metric: Metric) -> int:
    kind = metric.WhichOneof("data")
    return len(getattr(metric, kind).data_points) if kind else 0


def _json(body: bytes) -> tuple[int, list[dict[str, Value]]] | None:
    try:
        document: Value = orjson.loads(body) if body else {}
    except (orjson.JSONDecodeError, RecursionError):
        return None
    if not isinstance(document, dict) or not isinstance(document.get("resourceMetrics", []), list):
        return None
    metrics = list(metrics_in(document))
    count = sum(1 for metric in metrics for kind in _DATA for _ in _data_points(metric, kind))
    return count, [metric for metric in metrics if is_flow_metric(metric.get("name"))]


def _data_points(metric: dict[str, Value], kind: str) -> Iterator[object]:
    return dicts(metric.get(kind), "dataPoints")
