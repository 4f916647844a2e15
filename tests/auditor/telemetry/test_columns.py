"""Reading in columns gives what reading span by span gives: of anything, and of damaged bytes too."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from auditor.telemetry import effects, otlp_arrow
from auditor.telemetry.columns import pa_texts
from auditor.telemetry.effects import Around, effect_of, without_short_numbers
from auditor.telemetry.signatures import Interned
from tests.support.otlp import KINDS, protobuf, request, span
from tests.support.protobuf import in_columns, requests_in, span_by_span

CLINIC = Path("examples/clinic/capture/traces.otlp.pb.gz")
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


@settings(
    max_examples=150, deadline=None, report_multiple_bugs=False, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)
@given(st.lists(st.lists(spans(), max_size=8), min_size=1, max_size=4), pairs)
def test_columns_give_what_single_spans_give(made: list[list[dict[str, Any]]], resource: dict[str, Any]) -> None:
    encoded = [
        (f"byte {number}", protobuf(request(*batch, resource=resource | {"service.name": "shop"})))
        for number, batch in enumerate(made)
    ]
    assert in_columns(encoded) == span_by_span(encoded)


def test_the_bundled_capture_is_read_alike_either_way() -> None:
    requests = requests_in(CLINIC)
    assert in_columns(requests) == span_by_span(requests)


@pytest.mark.parametrize(
    "name", ["bank-of-anthos", "django-oscar", "django-oscar-truncated", "django-oscar-sqlcommenter"]
)
def test_captures_are_read_alike_either_way(shared: Path, name: str) -> None:
    requests = requests_in(shared / "captures" / name / "traces.otlp.pb.gz")
    assert in_columns(requests) == span_by_span(requests)


def test_damaged_bytes_cost_no_more_than_their_request() -> None:
    """Neither crash nor hang; and what is read of mutated requests is what the official library reads of them."""
    chance = random.Random(3)
    whole = [(where, data[:4000]) if n % 3 else (where, data) for n, (where, data) in enumerate(requests_in(CLINIC))]
    small = [request for request in whole if len(request[1]) < 60_000][:6]
    for _ in range(400):
        where, data = chance.choice(small)
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(damaged))
            match chance.randrange(3):
                case 0:
                    damaged[at] = chance.randrange(256)
                case 1:
                    del damaged[at : at + chance.randint(1, 9)]
                case _:
                    damaged[at:at] = chance.randbytes(chance.randint(1, 9))
        requests = [(where, bytes(damaged))]
        assert in_columns(requests) == span_by_span(requests)


def test_without_ptars_the_official_library_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ImportError

    requests = requests_in(CLINIC)
    expected = in_columns(requests)
    monkeypatch.setattr(otlp_arrow, "_handler", missing)
    assert in_columns(requests) == expected


def test_short_numbers_in_urls_make_no_difference() -> None:
    """What is said to be alike is: every number of up to four digits, and many longer ones."""
    numbers = [*range(1, 10_000), *range(10_000, 1_000_000, 397)]
    for key, form in (("url.path", "/orders/{}/x"), ("url.query", "id={}&q=2"), ("url.full", "http://h/{}?id={}")):
        texts = [form.format(number, number) for number in numbers]
        stand_ins = set(without_short_numbers(pa_texts(texts)).to_pylist())
        assert len(stand_ins) == 1
        found = {effect_of(key, text, text, Around()) for text in (*texts, *stand_ins)}
        assert len(found) == 1
    kept = ["http://12/x", "/a/1234567", "id=012", "/u/12%40", "/12@3/4"]
    assert without_short_numbers(pa_texts(kept)).to_pylist() == kept


def test_equal_numbers_of_different_types_are_told_apart() -> None:
    known = Interned()
    assert known.number(("value", "k", ("bool_value", True))) != known.number(("value", "k", ("int_value", 1)))
    assert effects.counts_for_nothing("thread.id")
    assert not effects.counts_for_nothing("http.status_code")
