"""Network flows and dependency graphs from files."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from auditor.errors import InputError
from auditor.telemetry.edges import Edges, read_edges
from lineage.dark import Connection
from tests.support.commands import CAPTURE, auditor

GRAPH = Path("../shared/data/traces/jaegerui-depgraph/large.json.gz").resolve()


def point(value: int, start: str = "1", **labels: str) -> dict[str, Any]:
    attributes = [{"key": key.replace("__", "."), "value": {"stringValue": text}} for key, text in labels.items()]
    return {"attributes": attributes, "startTimeUnixNano": start, "timeUnixNano": "9", "asInt": str(value)}


def metrics(*points: dict[str, Any], name: str = "obi.network.flow.bytes", temporality: int = 2) -> dict[str, Any]:
    data = {"dataPoints": list(points), "aggregationTemporality": temporality, "isMonotonic": True}
    other = {"name": "http.server.duration", "sum": data}
    return {"resourceMetrics": [{"scopeMetrics": [{"metrics": [other, {"name": name, "sum": data}]}]}]}


def read(folder: Path, *documents: object) -> Edges:
    (folder / "edges.json").write_text("\n".join(map(json.dumps, documents)))
    return read_edges([str(folder / "edges.json")])


OWNERS = {"k8s__src__owner__name": "web", "k8s__dst__owner__name": "orders-db", "dst__port": "5432"}


@pytest.mark.parametrize(
    "name",
    [
        "obi.network.flow.bytes",
        "beyla.network.flow.bytes",
        "otel_ebpf.network.flow.bytes",
        "obi_network_flow_bytes_total",
        "beyla_network_flow_bytes_total",
    ],
)
def test_flows_by_all_their_names(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, metrics(point(7, **OWNERS), name=name))
    assert found.connections == (Connection("network", ("web",), ("orders-db",), 7, None, False),)
    assert found.inputs[0].format == "network flows"


def test_labels_with_underscores(tmp_path: Path) -> None:
    labels = {"k8s_src_owner_name": "web", "dst_name": "orders-db", "server_port": "5432", "dst_port": "5432"}
    found = read(tmp_path, metrics(point(7, **labels)))
    assert found.connections == (Connection("network", ("web",), ("orders-db",), 7, 5432, True),)


def test_cumulative_series_count_once_and_deltas_add_up(tmp_path: Path) -> None:
    series = [point(5, **OWNERS), point(9, **OWNERS), point(4, "2", **OWNERS)]
    assert sum(c.amount for c in read(tmp_path, metrics(*series[:1]), metrics(*series[1:])).connections) == 13
    assert sum(c.amount for c in read(tmp_path, metrics(*series, temporality=1)).connections) == 18


def test_answers_are_turned_round(tmp_path: Path) -> None:
    back = {
        "src__name": "orders-db",
        "dst__name": "web",
        "server__port": "5432",
        "src__port": "5432",
        "dst__port": "40000",
    }
    (found,) = read(tmp_path, metrics(point(3, **back))).connections
    assert (found.source, found.target, found.port, found.is_sure) == (("web",), ("orders-db",), 5432, True)
    (found,) = read(tmp_path, metrics(point(3, src__name="b", dst__name="a", direction="response"))).connections
    assert (found.source, found.target) == (("a",), ("b",))


def test_names_are_masked_and_pods_lose_their_hashes(tmp_path: Path) -> None:
    labels = {"src__name": "web-6d4cf56db6-x7k2p", "src__address": "10.0.0.7", "dst__address": "203.0.113.77"}
    labels["user"] = "ann@example.com"
    (found,) = read(tmp_path, metrics(point(3, **labels))).connections
    assert found.source == ("web", "10.0.0.7")
    assert found.target == ("203.0.113.{}",) or found.target == ("203.0.113.77",)
    assert "ann@example.com" not in repr(found)


@pytest.mark.parametrize("framing", ["bare", "varint"])
def test_protobuf(tmp_path: Path, framing: str) -> None:
    encoded = ParseDict(metrics(point(7, **OWNERS)), ExportMetricsServiceRequest()).SerializeToString()
    length = bytes([len(encoded) & 0x7F | 0x80, len(encoded) >> 7])
    (tmp_path / "m.pb").write_bytes(encoded if framing == "bare" else length + encoded)
    found = read_edges([str(tmp_path / "m.pb")])
    assert found.connections == (Connection("network", ("web",), ("orders-db",), 7, None, False),)


@pytest.mark.parametrize("wrapped", [True, False])
def test_dependency_graphs(tmp_path: Path, wrapped: bool) -> None:
    rows = [{"parent": "a", "child": "b", "callCount": 4}, {"parent": "a", "child": "c", "callCount": "many"}]
    found = read(tmp_path, {"data": rows} if wrapped else rows)
    assert found.connections == (Connection("graph", ("a",), ("b",), 4),)
    assert [(gap.kind, gap.where) for gap in found.gaps] == [("bad_record", "edges.json edge 2")]


def test_what_is_neither_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no network flows and no dependency graph"):
        read(tmp_path, {"resourceSpans": []})
    (tmp_path / "x").write_text("hello ann@example.com")
    with pytest.raises(InputError) as raised:
        read_edges([str(tmp_path / "x")])
    assert "ann" not in str(raised.value).replace("cannot", "")
    with pytest.raises(InputError, match="no such file"):
        read_edges([str(tmp_path / "none")])
    assert [gap.kind for gap in read(tmp_path, metrics(name="other")).gaps] == ["unread_file"]


JSON = st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda x: st.lists(x, max_size=3), max_leaves=5)
KEYS = st.sampled_from(
    ["resourceMetrics", "scopeMetrics", "metrics", "sum", "dataPoints", "attributes", "name", "data"]
)


@given(st.recursive(JSON, lambda x: st.lists(x, max_size=2) | st.dictionaries(KEYS, x, max_size=3), max_leaves=12))
def test_any_document_gives_an_answer_or_an_error(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    with contextlib.suppress(InputError):
        read(tmp_path_factory.mktemp("any"), value)


def test_scan_shows_dark_edges(tmp_path: Path) -> None:
    (tmp_path / "flows.json").write_text(json.dumps(metrics(point(900, src__name="portal", dst__name="stranger"))))
    traces = str(CAPTURE / "traces.otlp.jsonl.gz")
    run = auditor("scan", traces, "--edges", "flows.json", "--out", "out", "-q", folder=tmp_path)
    assert run.returncode == 0, run.stderr
    audit = json.loads((tmp_path / "out" / "audit.json").read_text())
    dark = [gap for gap in audit["gaps"] if gap["kind"] == "dark_edge"]
    assert [(gap["where"], gap["count"]) for gap in dark] == [("portal <-> stranger", 900)]


@pytest.mark.skipif(not GRAPH.exists(), reason="the shared traces are not here (../shared)")
def test_a_graph_of_a_thousand_services() -> None:
    found = read_edges([str(GRAPH)])
    assert (len(found.connections), sum(c.amount for c in found.connections)) == (4271, 2_985_281)
