"""Random traces as span rows: services that call each other, query stores and publish, by several names each."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.support.spans import client, query, server, span

Rows = list[dict[str, Any]]
SERVICES = ("web", "users", "billing", "mail")
HOSTS = ("users", "10.0.0.7", "10.0.0.8", "pay.test", None)
TEXTS = ("SELECT email FROM users", "SELECT hash FROM users", "UPDATE users SET seen = 1")
KEYS = (None, [{"place": "query", "name": "email"}], [{"place": "body", "name": "phone"}])


def random_trace(random: Random, trace_id: str) -> Rows:
    """One whole trace that begins at the service `root`, which nobody calls; children come after their parents."""
    rows: Rows = []
    _handle(random, rows, trace_id, "root", None, 0.0, 0)
    return rows


def _handle(random: Random, rows: Rows, trace: str, service: str, parent: str | None, at: float, depth: int) -> None:
    own = _id(rows)
    common: dict[str, Any] = {"trace_id": trace, "namespace": random.choice((None, None, "east", "west"))}
    common["weight"] = (None, 1.0, 2.5)[len(rows) % 3]
    operation = f"GET /{random.randint(1, 2)}"
    lost = None if parent or random.random() < 0.9 else "gone"
    rows.append(server(service, own, operation, parent or lost, at=at, until=at + 100, version="1", **common))
    for step in range(random.randint(0, 4)):
        begin = at + random.choice((step, 2 * step, 0)) + 1
        times = common | {"at": begin, "until": begin + random.choice((0.5, 3))}
        host, port = random.choice(HOSTS), random.choice((None, 80, 443))
        match random.choice("qqcccup"):
            case "q":
                place = {"host": random.choice(("db", "10.1.1.1", None)), "db_namespace": random.choice(("shop", None))}
                text = random.choice(TEXTS)
                shown = {} if random.random() < 0.8 else {"statement": None, "statement_id": None}
                rows.append(query(service, _id(rows), own, text, **times, **place, **shown))
            case "c" if depth < 3:
                caller = _id(rows)
                call = times | {"host": host, "port": port, "keys": random.choice(KEYS)}
                rows.append(client(service, caller, own, **call))
                _handle(random, rows, trace, random.choice(SERVICES), caller, begin, depth + 1)
            case "u":
                call = times | {"host": host, "port": port, "peer": random.choice((None, "users", "stripe"))}
                failed = random.random() < 0.2
                rows.append(client(service, _id(rows), own, operation="POST /x", failed=failed, error=failed, **call))
            case "p":
                sent, got = random.choice(("orders", "events")), random.choice(("orders", "mailer"))
                message = _id(rows)
                rows.append(span(service, message, own, kind="producer", channel=sent, **times))
                rows.append(span("mail", _id(rows), message, kind="consumer", channel=got, **times))


def _id(rows: Rows) -> str:
    return f"s{len(rows)}"
