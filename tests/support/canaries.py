"""An OTLP request in which every field that can hold text holds a value that must never be seen again."""

from __future__ import annotations

import base64
from itertools import count
from typing import Any
from urllib.parse import quote


class Canaries:
    """Makes unique values and remembers them, in every spelling in which they were planted."""

    def __init__(self) -> None:
        self._numbers = count(100)
        self.planted: list[str] = []

    def _keep(self, value: str) -> str:
        self.planted.append(value)
        return value

    def word(self) -> str:
        """A value without any shape: only its place tells that it is one."""
        return self._keep(f"Quillfeather{next(self._numbers)}")

    def email(self) -> str:
        return self._keep(f"canary{next(self._numbers)}@example.test")

    def number(self) -> str:
        return self._keep(f"55512{next(self._numbers)}9")

    def encoded(self) -> str:
        return self._keep(quote(self.email(), safe=""))

    def base64(self) -> str:
        return self._keep(base64.b64encode(self.email().encode()).decode())


def attribute(key: str, value: str) -> dict[str, Any]:
    return {"key": key, "value": {"stringValue": value}}


SQL = (
    "SELECT name FROM users WHERE email = '{}' AND note = \"{}\" -- {}",
    "INSERT INTO users (email, phone) VALUES ('{}', {}) /* {} */",
    "UPDATE users SET phone = {}, email = E'it\\'s {}' WHERE note IN ('{}', 'x')",
    "SELECT * FROM users WHERE email = $${}$$ OR name = N'{}' OR note LIKE '%{}%",
    "not sql at all {} {} {}",
    "EXEC find_user @email = '{}', @name = N'{}', @note = '{}'",
)
DOCUMENTS = (
    ("mongodb", '{{"find": "users", "filter": {{"email": "{}", "name": "{}", "deep": [{{"note": "{}"}}]}}}}'),
    ("redis", "SET session:{} {} EX {}"),
    ("elasticsearch", '{{"query": {{"match": {{"email": "{}"}}, "term": "{}", "x": ["{}"]}}}}'),
    ("", "SELECT * FROM users WHERE email = '{}' AND a = \"{}\" AND b = '{}'"),
)
# Attributes of which nothing but the key may be kept.
VALUE_KEYS = (
    "db.user db.connection_string db.query.parameter.email db.statement.parameters enduser.id user.email user.name "
    "exception.message exception.stacktrace http.request.header.authorization http.request.header.x-user "
    "http.response.header.set-cookie http.request.body http.response.body messaging.message.body messaging.message.id "
    "messaging.kafka.message.key rpc.request.metadata.token rpc.grpc.request.metadata.who graphql.document "
    "gen_ai.prompt http.user_agent user_agent.original client.address net.peer.ip code.filepath process.command_line "
    "my.own.attribute Baggage otel.status_description error.message session.id thread.name url.fragment "
    "aws.s3.key feature_flag.context.id db.response.status_code http.status_text log.body"
).split()
# Names that a reader keeps: a value in one of them is known by its shape.
NAME_KEYS = "service.name service.namespace service.version peer.service db.name db.sql.table net.peer.name".split()
URLS = ("http.url", "url.full", "http.target", "url.path", "url.query")


def request(canaries: Canaries) -> dict[str, Any]:
    """One OTLP/JSON ExportTraceServiceRequest; the values planted are in `canaries.planted`."""
    c = canaries
    spans = []
    for number in range(1, 13):
        kind = 1 + number % 5
        attributes = [attribute(key, c.word()) for key in VALUE_KEYS]
        attributes += [attribute(key, c.email()) for key in VALUE_KEYS[::3]]
        attributes += [attribute("http.method", "GET"), attribute("http.route", f"/users/{c.email()}/{{id}}")]
        url = f"http://{c.word()}:{c.word()}@api.test:8080/users/{c.encoded()}/{c.number()}"
        url += f"?email={c.encoded()}&q={c.word()}#{c.word()}"
        attributes += [attribute(URLS[number % 5], url)]
        attributes += [
            {"key": "list", "value": {"arrayValue": {"values": [{"stringValue": c.word()}]}}},
            {"key": "map", "value": {"kvlistValue": {"values": [attribute(c.email(), c.word())]}}},
            {"key": "bytes", "value": {"bytesValue": c.base64()}},
            attribute(c.email(), c.word()),
        ]
        spans.append(_span(c, number, kind, attributes))
    for number, text in enumerate(SQL, start=20):
        statement = text.format(c.email(), c.number(), c.word())
        spans.append(_database(c, number, "postgresql" if number % 2 else "mysql", statement))
    for number, (system, text) in enumerate(DOCUMENTS, start=40):
        spans.append(_database(c, number, system, text.format(c.email(), c.number(), c.word())))
    resource = [
        attribute("service.name", "shop"),
        attribute("host.name", c.word()),
        attribute("os.description", c.word()),
    ]
    strange = [attribute(key, c.email()) for key in NAME_KEYS]
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": resource},
                "schemaUrl": c.email(),
                "scopeSpans": [{"scope": {"name": c.email(), "version": c.email()}, "spans": spans}],
            },
            {
                "resource": {"attributes": strange},
                "scopeSpans": [{"spans": [_span(c, 60, 2, strange), _span(c, 61, 3, strange)]}],
            },
        ]
    }


def _span(c: Canaries, number: int, kind: int, attributes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "traceId": f"{number % 3 + 1:032x}",
        "spanId": f"{number:016x}",
        "parentSpanId": f"{number - 1:016x}" if number % 4 else "",
        "traceState": f"vendor={c.word()}",
        "name": f"GET /users/{c.email()} for {c.number()}",
        "kind": kind,
        "startTimeUnixNano": str(1_700_000_000_000_000_000 + number),
        "endTimeUnixNano": str(1_700_000_001_000_000_000 - number),
        "attributes": attributes,
        "events": [{"name": c.email(), "attributes": [attribute("exception.message", c.word())]}],
        "links": [{"traceId": "ab" * 16, "spanId": "cd" * 8, "attributes": [attribute("who", c.word())]}],
        "status": {"code": 2, "message": c.word()},
    }


def _database(c: Canaries, number: int, system: str, statement: str) -> dict[str, Any]:
    attributes = [attribute("db.statement", statement), attribute("db.name", "shop")]
    attributes += [attribute("db.system", system)] if system else []
    return _span(c, number, 3, attributes)
