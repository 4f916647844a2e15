"""Connections from beside the spans: eBPF network flows in OTLP metrics, and Jaeger's aggregated dependency graph."""

from __future__ import annotations

import hashlib
import io
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
from auditor.telemetry.network_flows import FlowPoint, connections_of, flow_points, is_flow_metric, metrics_in
from auditor.telemetry.raw import Value
from auditor.telemetry.redact import mask_name
from auditor.telemetry.values import int_of, list_of, text_of
from lineage.audit import Input
from lineage.dark import Connection
from lineage.model import Gap

_READ = "--edges reads OTLP metrics with network flows (JSON or protobuf) and Jaeger's /api/dependencies"


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
    points, graph, is_metrics = list[FlowPoint](), list[Connection](), False
    try:
        for document in _documents(data, bad):
            rows = _dependencies(document)
            if rows is not None:
                graph += _graph(rows, bad)
            elif isinstance(document, dict):
                is_metrics |= bool(list_of(document.get("resourceMetrics")))
                metrics = (metric for metric in metrics_in(document) if is_flow_metric(metric.get("name")))
                points += (point for metric in metrics for point in flow_points(metric))
    except NotJson as problem:
        raise InputError(f"{path}: {problem}; {_READ}") from None
    if not (graph or is_metrics):
        raise InputError(f"{path}: holds no network flows and no dependency graph; {_READ}")
    kind = "dependency graph" if graph else "network flows"
    gaps = []
    if bad:
        hides = "records of connections that could not be read"
        gaps.append(Gap("bad_record", f"{path.name} {', '.join(bad[:3])}", len(bad), 1.0, hides))
    if not graph and not points:
        gaps.append(Gap("unread_file", path.name, 1, 1.0, "metrics in which no network flow was found"))
    digest = hashlib.sha256(data).hexdigest()
    return Edges((*graph, *connections_of(points)), (Input(path.name, digest, kind, 0),), tuple(gaps))


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
