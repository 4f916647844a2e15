"""What a request sets off, and which step multiplies it."""

from __future__ import annotations

from typing import Any

from lineage.amplification import Cause, EdgeLoad, edge_loads
from lineage.model import Operation, Party
from tests.support.models import build_model
from tests.support.spans import batch, client, query, server

Rows = list[dict[str, Any]]
SELECT = "SELECT email FROM users"


class Trace:
    """Spans of one trace, each handling below another."""

    def __init__(self, name: str) -> None:
        self.name, self.rows = name, []  # type: tuple[str, Rows]

    def handle(self, service: str, operation: str, parent: str | None = None) -> str:
        """A handling, called by another one; its span id."""
        own = f"{self.name}{len(self.rows)}"
        call = f"{own}c" if parent else None
        if parent and call:
            caller = next(row["service"] for row in self.rows if row["span_id"] == parent)
            self.rows.append(client(caller, call, parent, host=service, trace_id=self.name))
        self.rows.append(server(service, own, operation, call, trace_id=self.name))
        return own

    def ask(self, service: str, parent: str, times: int) -> None:
        """So many statements of one handling."""
        for n in range(times):
            self.rows.append(query(service, f"{parent}q{n}", parent, SELECT, trace_id=self.name))

    def send(self, service: str, parent: str, host: str) -> None:
        """A call to a host that sends no spans."""
        own = f"{parent}o{len(self.rows)}"
        self.rows.append(client(service, own, parent, host=host, operation="POST /x", trace_id=self.name))


def loads(*traces: Trace) -> dict[tuple[str, str], EdgeLoad]:
    found = edge_loads(build_model(batch(*(row for trace in traces for row in trace.rows))))
    return {(load.caller.name, load.callee.name): load for load in found}


def test_requests_without_a_call_count_in_mean_and_quantiles() -> None:
    busy, idle = Trace("a"), [Trace(f"i{n}") for n in range(98)]
    for trace in (busy, *idle):
        trace.handle("web", "GET /")
    for _ in range(30):
        busy.handle("users", "GET /user", busy.rows[0]["span_id"])
    once = Trace("b")
    once.handle("users", "GET /user", once.handle("web", "GET /"))
    spread = loads(busy, once, *idle)["GET /", "users"].per_request
    assert (spread.count, spread.zeros, spread.total, spread.most) == (100, 98, 31, 30)
    assert (spread.mean, spread.quantile(0.5), spread.quantile(0.98), spread.quantile(0.99)) == (0.31, 0, 0, 1)


def test_a_loop_in_the_middle_of_the_path_is_named_for_all_that_lies_below_it() -> None:
    trace = Trace("a")
    cart = trace.handle("cart", "GET /cart", trace.handle("web", "GET /page"))
    for _ in range(7):
        price = trace.handle("prices", "GET /price", cart)
        trace.ask("prices", price, 2)
        trace.send("prices", price, "tax.test")
    found = loads(trace)
    loop = Cause("loop", Operation("cart", "GET /cart"), Party("service", "prices"), "GET /price", 7.0, 7)
    assert found["GET /cart", "prices"].cause == loop
    assert found["GET /price", "db/shop"].cause == loop
    assert found["GET /price", "tax.test"].cause == loop
    assert found["GET /price", "db/shop"].per_request.most == 14
    assert found["GET /page", "cart"].cause is None


def test_a_loop_of_statements_is_the_last_step() -> None:
    trace = Trace("a")
    trace.ask("users", trace.handle("users", "GET /user", trace.handle("web", "GET /page")), 40)
    load = loads(trace)["GET /user", "db/shop"]
    assert load.burst == 40
    assert load.cause == Cause("loop", load.caller, load.callee, load.operation, 40.0, 40)


def test_several_ways_to_an_edge_are_a_fan_out_from_where_they_part() -> None:
    trace = Trace("a")
    home = trace.handle("home", "GET /home", trace.handle("web", "GET /page"))
    for name in ("cart", "news", "shop"):
        trace.ask("users", trace.handle("users", "GET /user", trace.handle(name, f"GET /{name}", home)), 1)
    load = loads(trace)["GET /user", "db/shop"]
    assert load.cause == Cause("fan-out", Operation("home", "GET /home"), load.callee, load.operation, 3.0, 3)


def test_a_loop_that_few_requests_show_is_still_named() -> None:
    loops, others = Trace("a"), [Trace(f"i{n}") for n in range(50)]
    for trace in (loops, *others):
        trace.handle("web", "GET /page")
    for _ in range(5):
        loops.handle("users", "GET /user", loops.rows[0]["span_id"])
    cause = loads(loops, *others)["GET /page", "users"].cause
    assert cause is not None
    assert (cause.kind, cause.factor, cause.most) == ("loop", 0.1, 5)


def test_the_heaviest_edge_comes_first() -> None:
    trace = Trace("a")
    page = trace.handle("web", "GET /page")
    trace.ask("web", page, 3)
    trace.send("web", page, "tax.test")
    assert [load.callee.name for load in edge_loads(build_model(batch(*trace.rows)))] == ["db/shop", "tax.test"]
