"""Random OTLP spans whose attributes meet every rule of the readers."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.support.otlp import KINDS, span

# Keys of every kind that a rule looks at, and values that tell them apart.
ATTRIBUTES: dict[str, tuple[Any, ...]] = {
    "db.system": ("postgresql", "mysql", "", 7),
    "db.system.name": ("postgresql", "redis"),
    "db.statement": ("SELECT a FROM t WHERE b = 'ann.lee@example.com'", "SELECT a FROM t WHERE b = 12", "GET x", ""),
    "db.query.text": ("SELECT 'x', \"y\" FROM t", "SELECT `a` FROM t WHERE c = '4111 1111 1111 1111'"),
    "db.query.parameter.email": ("ann.lee@example.com", 5),
    "db.name": ("shop", "a|b"),
    "db.operation": ("SELECT", "CONNECT"),
    "db.sql.table": ("users", "SELECT"),
    "sql.query": ("SELECT 1", ["SELECT 1"]),
    "cassandra.query": ("SELECT email FROM u",),
    "http.url": ("http://h:80/users/123/x?id=4&email=ann.lee@example.com", "https://u:p@h/a%20b/77", "/p", 9, ""),
    "url.path": ("/users/123", "/users/ann.lee@example.com", "/api/v1/12345678", "/orders/1/2/3", "//9/1"),
    "url.query": ("id=1&page=2", "token=0", "phone=%2B4917612345678", "a;b=3"),
    "http.route": ("/users/{id}", "/users/{email}", "^x/(?P<phone>.+)$", "/a"),
    "http.method": ("GET", "post", 3),
    "http.status_code": (200, "500"),
    "server.address": ("h", "", "h:80", "10.0.0.1", 4),
    "server.port": (80, "80", 0),
    "net.peer.name": ("other", ""),
    "http.host": ("host",),
    "network.peer.address": ("10.1.2.3", "8.8.8.8", "2001:4860:4860::8888", "no"),
    "network.peer.port": (4, "5", 10**10, 1.5),
    "client.address": ("8.8.8.8", "10.0.0.9", "127.0.0.1:80"),
    "peer.service": ("shop", "other"),
    "messaging.system": ("kafka",),
    "messaging.destination": ("orders", "user-ann.lee@example.com"),
    "messaging.destination.temporary": (True, "true", 1),
    "messaging.operation": ("receive", "publish"),
    "rpc.service": ("a.B",),
    "rpc.method": ("C", "a.B/C"),
    "graphql.document": ("query Q { user { email } }", "mutation { a(b: 1) { c } }"),
    "http.request.header.authorization": (["Bearer x"], "Bearer x", {"a": "ann.lee@example.com"}),
    "http.request.body": ('{"email": "x", "card": {"number": "4111 1111 1111 1111"}}', "a=1&b=2"),
    "enduser.id": ("ann", "-", "", 5, True),
    "user.email": ("ann.lee@example.com", "null"),
    "note": ("call +49 176 12345678", "x", 4111111111111111, 1e12, -1e12, False, ["a", ["b", {"c": 1}]]),
    "thread.id": (1, 2),
}
NAMES = ("GET /users/{id}", "GET /users/{email}", "SELECT shop", "x", "", "ann.lee@example.com", "GET /users/77")

pairs = st.lists(
    st.sampled_from(sorted(ATTRIBUTES)).flatmap(lambda key: st.tuples(st.just(key), st.sampled_from(ATTRIBUTES[key]))),
    max_size=6,
).map(dict)
events = st.lists(st.builds(lambda name, own: (name, own), st.sampled_from(("exception", "log")), pairs), max_size=1)


@st.composite
def spans(draw: st.DrawFn) -> dict[str, Any]:
    """One span, as `tests.support.otlp.span` makes them."""
    fields: dict[str, Any] = {"flags": draw(st.sampled_from((0, 0x100, 0x300)))}
    if draw(st.booleans()):
        fields["parentSpanId"] = draw(st.sampled_from(("00" * 8, "0a" * 8)))
    if draw(st.booleans()):
        fields["status"] = {"code": draw(st.sampled_from((0, 2))), "message": draw(st.sampled_from(NAMES))}
    if draw(st.booleans()):
        fields["traceState"] = draw(st.sampled_from(("ot=th:8", "ot=p:2", "x=y")))
    if draw(st.booleans()):
        fields["links"] = [{"traceId": "0b" * 16, "spanId": draw(st.sampled_from(("0c" * 8, "00" * 8)))}]
    made = span(draw(st.integers(0, 50)), draw(st.sampled_from(KINDS)), draw(st.sampled_from(NAMES)), draw(pairs))
    made["events"] = [
        {"name": name, "attributes": span(0, "client", "", own)["attributes"]} for name, own in draw(events)
    ]
    return made | fields
