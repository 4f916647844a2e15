"""Connections from beside the spans: eBPF network flows in OTLP metrics, and Jaeger's aggregated dependency graph.

Network flows are the metric `obi.network.flow.bytes`, by its older names too, as OTLP JSON or protobuf.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from auditor.errors import InputError
from auditor.telemetry.compression import open_text
from auditor.telemetry.detect import HEAD, detect
from auditor.telemetry.documents import NotJson, read_documents
from auditor.telemetry.framing import read_requests
from auditor.telemetry.raw import Value
from auditor.telemetry.redact import MASK, is_address, mask_host, mask_name
from auditor.telemetry.values import int_of, list_of, text_of
from lineage.audit import Input
from lineage.dark import Connection, End
from lineage.model import Gap

_METRIC = re.compile(r"(?:obi|beyla|otel_ebpf|otel\.ebpf)[._]network[._]flow[._]bytes(?:_total)?")
_POD = re.compile(r"(?P<owner>[a-z0-9.-]+?)-[a-f0-9]{6,10}-[a-z0-9]{5}")
_OWN_NAMES = ("k8s.{}.owner.name", "{}.name", "k8s.{}.name", "{}.address")
_CUMULATIVE = ("2", "AGGREGATION_TEMPORALITY_CUMULATIVE")
_READ = "--edges reads OTLP metrics with network flows (JSON or protobuf) and Jaeger's /api/dependencies"

Labels = dict[str, str]
_Series = tuple[tuple[tuple[str, str], ...], str]  # labels, when counting began


@dataclass(frozen=True, slots=True)
class Edges:
    """Connections, where they came from, and what could not be read of them."""

    connections: tuple[Connection, ...] = ()
    inputs: tuple[Input, ...] = ()
    gaps: tuple[Gap, ...] = ()


def read_edges(paths: Sequence[str]) -> Edges:
    """Read files of network flows or dependency graphs. Raises InputError for what is missing or neither."""
    parts = [_file(Path(path)) for path in paths]
    return Edges(
        tuple(connection for part in parts for connection in part.connections),
        tuple(input_ for part in parts for input_ in part.inputs),
        tuple(gap for part in parts for gap in part.gaps),
    )


def _file(path: Path) -> Edges:
    if not path.is_file():
        raise InputError(f"{path}: no such file; {_READ}")
    data = open_text(path)
    bad: list[str] = []
    flows, graph = _Flows(), list[Connection]()
    try:
        for document in _documents(data, bad):
            rows = _dependencies(document)
            if rows is not None:
                graph += _graph(rows, bad)
            elif isinstance(document, dict):
                flows.add(document)
    except NotJson as problem:
        raise InputError(f"{path}: {problem}; {_READ}") from None
    if not (graph or flows.is_metrics):
        raise InputError(f"{path}: holds no network flows and no dependency graph; {_READ}")
    kind = "dependency graph" if graph else "network flows"
    gaps = []
    if bad:
        hides = "records of connections that could not be read"
        gaps.append(Gap("bad_record", f"{path.name} {', '.join(bad[:3])}", len(bad), 1.0, hides))
    if not graph and not flows.bytes:
        gaps.append(Gap("unread_file", path.name, 1, 1.0, "metrics in which no network flow was found"))
    digest = hashlib.sha256(data).hexdigest()
    return Edges((*graph, *flows.connections()), (Input(path.name, digest, kind, 0),), tuple(gaps))


def _documents(data: bytes, bad: list[str]) -> Iterator[Value]:
    """JSON documents, and protobuf requests as what they would be in JSON."""
    detected = detect(data[:HEAD])
    stream: io.BufferedReader = io.BufferedReader(io.BytesIO(data))

    def fault(where: str, _: str) -> None:
        bad.append(where)

    if detected is None or detected.framing is None:
        yield from (document for _, document in read_documents(stream, fault))
    elif detected.signal == "metrics":
        for where, encoded in read_requests(stream, detected.framing, fault):
            request = ExportMetricsServiceRequest()
            try:
                request.ParseFromString(encoded)
                yield MessageToDict(request)
            except (DecodeError, RecursionError, ValueError):
                bad.append(where)


def _dependencies(document: Value) -> list[Value] | None:
    """The rows of a dependency graph, when a document is one."""
    if isinstance(document, dict):
        document = document.get("data")
    rows = list_of(document)
    is_graph = bool(rows) and all(isinstance(row, dict) and {"parent", "child"} <= set(row) for row in rows[:10])
    return rows if is_graph else None


def _graph(rows: Sequence[Value], bad: list[str]) -> Iterator[Connection]:
    for number, row in enumerate(rows, start=1):
        found = row if isinstance(row, dict) else {}
        parent, child = mask_name(text_of(found.get("parent")) or ""), mask_name(text_of(found.get("child")) or "")
        calls = int_of(found.get("callCount"))
        if parent is None or child is None or calls is None or calls < 0:
            bad.append(f"edge {number}")
        else:
            yield Connection("graph", (parent,), (child,), calls)


class _Flows:
    """Bytes by the labels of a flow; of a cumulative series the highest value counts."""

    def __init__(self) -> None:
        self.is_metrics = False
        self.bytes: dict[_Series, int] = defaultdict(int)

    def add(self, document: dict[str, Value]) -> None:
        """Take the flows of one metrics request."""
        for resource in list_of(document.get("resourceMetrics")):
            self.is_metrics = True
            for scope in _dicts(resource, "scopeMetrics"):
                for metric in _dicts(scope, "metrics"):
                    name = metric.get("name")
                    if isinstance(name, str) and _METRIC.fullmatch(name):
                        self._points(metric.get("sum"))

    def _points(self, data: Value) -> None:
        is_cumulative = isinstance(data, dict) and str(data.get("aggregationTemporality")) in _CUMULATIVE
        for point in _dicts(data, "dataPoints"):
            value = int_of(point.get("asInt", point.get("asDouble")))
            if value is None or value < 0:
                continue
            series = tuple(sorted(_labels(point).items())), str(point.get("startTimeUnixNano"))
            self.bytes[series] = max(self.bytes[series], value) if is_cumulative else self.bytes[series] + value

    def connections(self) -> Iterator[Connection]:
        """The flows, turned so that the source is who began, where that is told."""
        for (pairs, _), bytes_ in sorted(self.bytes.items()):
            labels = dict(pairs)
            source, target = _end(labels, "src"), _end(labels, "dst")
            if not source or not target:
                continue
            server, to, at = (int_of(labels.get(key)) for key in ("server.port", "dst.port", "src.port"))
            direction = labels.get("direction", "")
            is_answer = direction == "response" or (server is not None and server == at != to)
            is_sure = direction in ("request", "response") or (server is not None and server in (to, at))
            port = server if server is not None else to if is_sure and not is_answer else None
            if is_answer:
                source, target = target, source
            yield Connection("network", source, target, bytes_, port, is_sure)


def _labels(point: dict[str, Value]) -> Labels:
    """The labels that tell of the two ends, with dots, whatever separates their words."""
    found: Labels = {}
    for pair in _dicts(point, "attributes"):
        key, value = pair.get("key"), pair.get("value")
        text = next(filter(None, map(text_of, value.values())), None) if isinstance(value, dict) else None
        if isinstance(key, str) and text:
            dotted = key.replace("_", ".")
            if re.fullmatch(r"(?:k8s\.)?(?:src|dst)\.[a-z.]+|server\.port|direction", dotted):
                found[dotted] = text[:300]
    return found


def _end(labels: Labels, side: str) -> End:
    """The names of one end, best first: its workload, its name, its address. Masked."""
    names = [labels.get(pattern.format(side)) for pattern in _OWN_NAMES]
    names = [_POD.sub(r"\g<owner>", name) if name and _POD.fullmatch(name) else name for name in names]
    masked = [mask_host(name) if is_address(name) else mask_name(name) for name in names if name]
    return tuple(dict.fromkeys(name for name in masked if name and name != MASK))


def _dicts(value: Value, key: str) -> Iterator[dict[str, Value]]:
    inner = value.get(key) if isinstance(value, dict) else None
    return (item for item in list_of(inner) if isinstance(item, dict))
