"""Spans that only have names: calls, accesses to tables and calling paths come out as with any other format."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from auditor.telemetry.read import read_spans
from auditor.telemetry.report import ReadReport
from lineage.system import SystemModel
from tests.support.models import build_model

HEADER = "traceid,spanid,parentid,podname,operationname,starttimeunixnano,endtimeunixnano"
# id, parent, pod, name: a mapper's spans in two spellings around the driver's, and a transaction around a write.
SPANS = [
    ("1", "root", "gate-7d97b69596-gfnbr", "/*"),
    ("2", "1", "gate-7d97b69596-gfnbr", "HTTP POST"),
    ("3", "2", "order-f5756978c-6sb8t", "/orders/{id}"),
    ("4", "3", "order-f5756978c-6sb8t", "SELECT Order"),
    ("5", "4", "order-f5756978c-6sb8t", "SELECT shop.orders"),
    ("6", "3", "order-f5756978c-6sb8t", "SELECT orders"),
    ("7", "6", "order-f5756978c-6sb8t", "SELECT shop.orders"),
    ("8", "3", "order-f5756978c-6sb8t", "Transaction.commit"),
    ("9", "8", "order-f5756978c-6sb8t", "INSERT shop.orders"),
]


@pytest.fixture
def model(tmp_path: Path) -> SystemModel:
    lines = [f"ab,{own},{parent},{pod},{name},{int(own) * 10**18},{2 * 10**18}" for own, parent, pod, name in SPANS]
    (tmp_path / "spans.csv").write_text("\n".join([HEADER, *lines, lines[0]]))
    return build_model(read_spans([str(tmp_path)], ReadReport()))


def accesses(model: SystemModel) -> Counter[tuple[str | None, str | None]]:
    counts: Counter[tuple[str | None, str | None]] = Counter()
    for use in model.statements:
        counts[use.verb, use.collection] += use.seen.calls
    return counts


def edges(model: SystemModel) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for e in model.exchanges:
        if e.caller and e.caller.service != e.callee.name:
            counts[e.caller.service, e.callee.name] += e.seen.calls
    return counts


def ancestors(model: SystemModel, collection: str) -> Counter[str]:
    """How many accesses to a table each service makes, itself or by those that it calls."""
    ids = {use.id for use in model.statements if use.collection == collection}
    counts: Counter[str] = Counter()
    for context in model.contexts:
        for service in {operation.service for operation in context.path}:
            counts[service] += sum(run.calls for run in context.statements if run.statement in ids)
    return +counts


def test_nested_spans_of_a_mapper_count_once(model: SystemModel) -> None:
    assert accesses(model) == {("SELECT", "orders"): 2, ("INSERT", "orders"): 1}
    assert edges(model) == {("gate", "order"): 1}
    assert (model.spans, model.duplicates) == (9, 1)
    assert ancestors(model, "orders") == {"gate": 3, "order": 3}


@pytest.fixture
def traces() -> Path:
    folder = Path(__file__).parents[4] / "shared" / "data" / "traces"
    if not folder.is_dir():
        pytest.skip("the shared captures are not here (../shared)")
    return folder


def test_a_large_system_of_names_only(traces: Path) -> None:
    """Figures counted beforehand by a separate program over the same files."""
    report = ReadReport()
    model = build_model(read_spans([str(traces / "nezha-trainticket")], report))
    assert report.bad_count == 0
    assert (model.spans, model.traces, model.duplicates, len(model.services)) == (67_970, 917, 3_228, 28)
    calls = edges(model)
    assert (len(calls), sum(calls.values())) == (55, 10_727)
    for pair, count in {
        ("seat", "config"): 1404,
        ("seat", "order"): 1033,
        ("travel", "seat"): 976,
        ("basic", "station"): 902,
        ("basic", "train"): 668,
        ("basic", "route"): 668,
        ("basic", "price"): 668,
        ("seat", "order-other"): 476,
        ("travel2", "seat"): 428,
        ("food", "delivery"): 88,
    }.items():
        assert calls[f"ts-{pair[0]}-service", f"ts-{pair[1]}-service"] == count
    counts = accesses(model)
    users: dict[str | None, set[str]] = defaultdict(set)
    for use in model.statements:
        users[use.collection].add(use.operation.service)
    assert (sum(counts.values()), len(counts), len(users)) == (14_324, 35, 25)
    assert len(set().union(*users.values())) == 20
    assert all(len(services) == 1 for services in users.values())
    assert users["orders"] == {"ts-order-service"}
    assert {verb: n for (verb, name), n in counts.items() if name == "orders"} == {
        "SELECT": 1499,
        "UPDATE": 72,
        "INSERT": 57,
    }
    short = {re.sub("^ts-|-service$", "", name): n for name, n in ancestors(model, "orders").items()}
    assert short == {
        "gateway": 1628,
        "order": 1628,
        "seat": 1033,
        "travel": 976,
        "preserve": 452,
        "execute": 132,
        "security": 124,
        "inside-payment": 90,
        "cancel": 78,
        "preserve-other": 48,
    }
    for table, count in {"orders_other": 945, "auth_user": 164, "user": 120, "contacts": 122, "station": 902}.items():
        assert sum(n for (_, name), n in counts.items() if name == table) == count


def test_remote_methods_in_a_csv(traces: Path) -> None:
    model = build_model(read_spans([str(traces / "nezha-onlineboutique")], ReadReport()))
    assert (model.spans, model.traces, len(model.services)) == (23_430, 511, 10)
    calls = edges(model)
    assert (len(calls), sum(calls.values())) == (13, 5_623)
    assert calls["frontend", "productcatalogservice"] == 2_351
