"""Connections that traces do not show."""

from __future__ import annotations

from lineage.dark import GRAPH_OPERATION, Connection, Dark, dark_edges
from lineage.model import Operation, Party, Seen
from lineage.system import Exchange, ServiceSeen, StatementUse, StoreSeen, SystemModel

WEB, USERS = Operation("web", "GET /"), Operation("users", "GET /user")
MODEL = SystemModel(
    services=(ServiceSeen("web", 5), ServiceSeen("prod/users", 5), ServiceSeen("mail", 1)),
    stores=(StoreSeen("orders", "postgresql", "orders", ("orders-db.prod.svc:5432",)),),
    statements=(StatementUse("s1-a", WEB, "orders", "postgresql", "SELECT 1", None, None, Seen(1)),),
    exchanges=(
        Exchange("x1", WEB, Party("service", "prod/users"), "GET /user", "http", "call", (), Seen(2)),
        Exchange("x2", WEB, Party("outsider", "api.pay.example"), "POST /", "http", "call", (), Seen(2)),
        Exchange("x3", WEB, Party("channel", "jobs"), "publish jobs", "rabbitmq", "publish", (), Seen(2)),
    ),
)


def flow(source: str, target: str, bytes_: int = 10, port: int | None = None, *, sure: bool = True) -> Connection:
    return Connection("network", (source,), (target,), bytes_, port, sure)


def found(*connections: Connection) -> Dark:
    return dark_edges(connections, MODEL)


def test_what_traces_show_is_not_dark() -> None:
    assert (
        found(
            flow("web", "users"),
            flow("users", "web"),
            flow("web", "orders-db"),
            flow("web", "orders-db.prod.svc"),
            flow("web", "api.pay.example"),
            flow("web", "rabbitmq"),
            flow("web", "web"),
        )
        == Dark()
    )


def test_both_ways_of_a_dark_connection_are_one_gap_with_its_bytes() -> None:
    gaps = found(
        flow("users", "orders-db", 30, 5432), flow("users", "orders-db", 60, 5432), flow("web", "users", 10)
    ).gaps
    assert [(gap.kind, gap.where, gap.count, gap.share) for gap in gaps] == [
        ("dark_edge", "prod/users -> orders (port 5432)", 90, 0.9)
    ]
    (gap,) = found(flow("mail", "web", 5, sure=False), flow("web", "mail", 7, sure=False)).gaps
    assert (gap.where, gap.count) == ("mail <-> web", 12)
    (gap,) = found(flow("mail", "web", 5, sure=False), flow("web", "mail", 7)).gaps
    assert (gap.where, gap.count) == ("web -> mail", 12)


def test_strangers_are_counted_together() -> None:
    gaps = found(flow("a", "b", 4), flow("c", "d", 6), flow("c", "web", 10)).gaps
    assert [(gap.where, gap.count) for gap in gaps] == [("c -> web", 10), ("between others", 10)]


def test_the_best_known_name_counts() -> None:
    named = Connection("network", ("users-v2", "users", "10.0.0.7"), ("10.0.0.9", "orders-db"), 10)
    assert [gap.where for gap in found(named).gaps] == ["prod/users -> orders"]


def test_a_dependency_graph_adds_edges_of_lower_evidence() -> None:
    dark = found(
        Connection("graph", ("web",), ("users",), 100),
        Connection("graph", ("users",), ("ledger",), 30),
        Connection("graph", ("users",), ("ledger",), 10),
        Connection("graph", ("users",), ("audit",), 10),
    )
    assert [(c.caller, c.callee, c.operation, c.calls) for c in dark.calls] == [
        ("prod/users", "audit", GRAPH_OPERATION, 10),
        ("prod/users", "ledger", GRAPH_OPERATION, 40),
    ]
    (gap,) = dark.gaps
    assert (gap.kind, gap.where, gap.count) == ("counted_edge", "prod/users", 50)
    assert "ledger, audit" in gap.what_it_hides
