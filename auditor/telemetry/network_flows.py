"""eBPF network flows in OTLP metrics: `obi.network.flow.bytes`, by its older names too, in requests as in JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from auditor.telemetry.raw import Value
from auditor.telemetry.redact import MASK, is_address, mask_host, mask_name
from auditor.telemetry.values import int_of, list_of, text_of
from lineage.dark import Connection, End

_METRIC = re.compile(r"(?:obi|beyla|otel_ebpf|otel\.ebpf)[._]network[._]flow[._]bytes(?:_total)?")
_LABEL = re.compile(r"(?:k8s\.)?(?:src|dst)\.[a-z.]+|server\.port|direction")
_POD = re.compile(r"(?P<owner>[a-z0-9.-]+?)-[a-f0-9]{6,10}-[a-z0-9]{5}")
_OWN_NAMES = ("k8s.{}.owner.name", "{}.name", "k8s.{}.name", "{}.address")
_CUMULATIVE = ("2", "AGGREGATION_TEMPORALITY_CUMULATIVE")

Labels = dict[str, str]
Series = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class FlowPoint:
    """One data point of a flow. `series` (labels and start) and `time` tell points apart and are not redacted."""

    series: Series
    time: str
    is_cumulative: bool
    connection: Connection  # redacted; its amount is the point's


def is_flow_metric(name: Value) -> bool:
    """Whether a metric of this name holds network flows."""
    return isinstance(name, str) and _METRIC.fullmatch(name) is not None


def metrics_in(document: dict[str, Value]) -> Iterator[dict[str, Value]]:
    """The metrics of one metrics request."""
    for resource in dicts(document, "resourceMetrics"):
        for scope in dicts(resource, "scopeMetrics"):
            yield from dicts(scope, "metrics")


def flow_points(metric: dict[str, Value]) -> Iterator[FlowPoint]:
    """The points of a flow metric that tell of two ends and some bytes."""
    data = metric.get("sum")
    is_cumulative = isinstance(data, dict) and str(data.get("aggregationTemporality")) in _CUMULATIVE
    for point in dicts(data, "dataPoints"):
        value = int_of(point.get("asInt", point.get("asDouble")))
        labels = _labels(point)
        connection = _connection(labels, value) if value is not None and value >= 0 else None
        if connection is not None:
            series = tuple(sorted(labels.items())), str(point.get("startTimeUnixNano"))
            yield FlowPoint(series, str(point.get("timeUnixNano")), is_cumulative, connection)


def connections_of(points: Iterable[FlowPoint]) -> Iterator[Connection]:
    """One connection a series: of a cumulative one the highest value counts, of another the sum."""
    found: dict[Series, Connection] = {}
    for point in points:
        before, amount = found.get(point.series), point.connection.amount
        if before is not None:
            amount = max(before.amount, amount) if point.is_cumulative else before.amount + amount
        found[point.series] = replace(point.connection, amount=amount)
    yield from (connection for _, connection in sorted(found.items(), key=lambda item: item[0]))


def dicts(value: Value, key: str) -> Iterator[dict[str, Value]]:
    """The objects in a list that is a field of an object, if all that is so."""
    inner = value.get(key) if isinstance(value, dict) else None
    return (item for item in list_of(inner) if isinstance(item, dict))


def _connection(labels: Labels, amount: int) -> Connection | None:
    """A flow, turned so that the source is who began, where that is told."""
    source, target = _end(labels, "src"), _end(labels, "dst")
    if not source or not target:
        return None
    server, to, at = (int_of(labels.get(key)) for key in ("server.port", "dst.port", "src.port"))
    direction = labels.get("direction", "")
    is_answer = direction == "response" or (server is not None and server == at != to)
    is_sure = direction in ("request", "response") or (server is not None and server in (to, at))
    port = server if server is not None else to if is_sure and not is_answer else None
    if is_answer:
        source, target = target, source
    return Connection("network", source, target, amount, port, is_sure)


def _labels(point: dict[str, Value]) -> Labels:
    """The labels that tell of the two ends, with dots, whatever separates their words."""
    found: Labels = {}
    for pair in dicts(point, "attributes"):
        key, value = pair.get("key"), pair.get("value")
        text = next(filter(None, map(text_of, value.values())), None) if isinstance(value, dict) else None
        if isinstance(key, str) and text:
            dotted = key.replace("_", ".")
            if _LABEL.fullmatch(dotted):
                found[dotted] = text[:300]
    return found


def _end(labels: Labels, side: str) -> End:
    """The names of one end, best first: its workload, its name, its address. Masked."""
    names = [labels.get(pattern.format(side)) for pattern in _OWN_NAMES]
    names = [_POD.sub(r"\g<owner>", name) if name and _POD.fullmatch(name) else name for name in names]
    masked = [mask_host(name) if is_address(name) else mask_name(name) for name in names if name]
    return tuple(dict.fromkeys(name for name in masked if name and name != MASK))
