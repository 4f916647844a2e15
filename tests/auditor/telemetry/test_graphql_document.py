"""What GraphQL documents ask for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.telemetry.graphql_document import Selection, selection
from auditor.telemetry.keys import keys_seen
from auditor.telemetry.operation import work_of
from auditor.telemetry.raw import RawSpan
from tests.support import otlp
from tests.support.reading import Rows

DOCUMENT = """
query Find($id: ID = "a { b", $on: Boolean!) @live(secret: "x y") {
  who: patient(id: $id, filter: {name: "Bob } {", tags: [{label: "x"}], at: {city: "Rome"}}) @include(if: $on) {
    mail: email
    ...Names
    ... on Person { phone }
    ... @skip(if: false) { note(text: \"\"\"block "quote" } \"\"\") }
    __typename
  }
  # a comment { with: braces }
}
fragment Names on Patient { name { first, last } doctor { ...Names } ...Missing }
"""


def test_a_whole_document() -> None:
    assert selection(DOCUMENT) == Selection(
        "query",
        "Find",
        (
            "patient.email",
            "patient.name.first",
            "patient.name.last",
            "patient.note",
            "patient.phone",
        ),
        ("filter.at.city", "filter.name", "filter.tags", "filter.tags.label", "id", "text"),
    )


@pytest.mark.parametrize(
    ("document", "paths"),
    [
        ("{ a { b } c }", ("a.b", "c")),
        ("{a(x:*){b(y:**)}}", ("a.b",)),
        ("{ a { b { c", ("a.b",)),  # `c` may be half a name
        ("{ a { b c ...", ("a.b", "a.c")),
        ("{ a { b em...", ("a.b",)),
        ('{ a(x: "cut of', ("a",)),
        ("{ a { } }", ("a",)),
        ("mutation { a }", ("a",)),
        ("{ __schema { types { name } } a }", ("a",)),
        ("query Q { a } query R { b }", ("a", "b")),
        ("", ()),
        ("{}", ()),
        ("john@example.com", ()),
        ("{ john@example.com }", ()),
        ("{ a 5 }", ()),
        ('{ a "text" }', ()),
        ("{ a }}", ()),
        ('{ a(x: "q")b") { c } }', ()),  # a quote that was not escaped
        ("SELECT * FROM users", ()),
        ("{ patient_4711223344 { x } ok }", ("ok",)),  # looks like a value
    ],
)
def test_paths(document: str, paths: tuple[str, ...]) -> None:
    assert selection(document).paths == paths


def test_the_named_operation_is_chosen() -> None:
    assert selection("query Q { a } mutation R { b }", "R") == Selection("mutation", "R", ("b",))


@pytest.mark.parametrize(
    "hostile",
    [
        "{" * 70_000,
        "{a" * 30_000,
        "{ a(" + "[" * 60_000,
        '{ a(x: "' + '\\"' * 30_000 + "\n",
        '{ a(x: "' + '"' * 60_000,
        '"""' * 20_000,
        "{" + "...F " * 10_000 + "}" + "".join(f"fragment F on T {{ ...G{n} }} " for n in range(300)),
        "{ ...A } " + " ".join(f"fragment F{n} on T {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40)),
        "{ ...F0 } " + " ".join(f"fragment F{n} on T {{ a{{...F{n + 1}}} b{{...F{n + 1}}} }}" for n in range(40)),
        "{ a(" + "x: {" * 15_000,
    ],
)
def test_hostile_documents_end_soon(hostile: str) -> None:
    begun = time.process_time()
    assert len(selection(hostile).paths) <= 500
    assert time.process_time() - begun < 2


@given(st.text(max_size=200))
def test_any_text_gives_an_answer(text: str) -> None:
    selection(text)


@given(st.text(alphabet='{}()[]:.@"$ab \n#*', max_size=120))
def test_any_punctuation_gives_an_answer(text: str) -> None:
    selection(text)


VALUES = "SECRETVALUE"


@given(st.integers(0, 400))
def test_no_value_survives_a_cut(length: int) -> None:
    document = (
        f'query Q($x: String = "{VALUES} }} {{") {{ a(x: "{VALUES}", y: {{z: "{VALUES}\\" {VALUES}"}}, k: {VALUES}) '
        f'@d(v: "{VALUES}") {{ b(s: """{VALUES} " }} {VALUES}""") c }} }} # {VALUES}\n'
    )
    assert VALUES not in str(selection(document[:length]))


@given(st.lists(st.sampled_from(["a", "b", "user", "email"]), min_size=1, max_size=5))
def test_nesting_is_the_path(names: list[str]) -> None:
    document = "{" + "{".join(f" x{n}: {name} " for n, name in enumerate(names)) + "}" * len(names)
    assert selection(document).paths == (".".join(names),)


def raw(name: str = "span", **attributes: object) -> RawSpan:
    keyed = {key.replace("__", "."): value for key, value in attributes.items()}
    return RawSpan("t", "s", None, {}, name, "server", 0, 1, keyed)


def test_keys_of_a_span() -> None:
    document = 'query { patient(email: "a@example.com") { name } }'
    assert keys_seen({"graphql.document": document}, ()) == [("body", "email"), ("graphql", "patient.name")]


def test_the_operation_of_a_span() -> None:
    document = "mutation { register(x: 1) { id } }"
    assert work_of(raw(graphql__operation__type="query", graphql__operation__name="Find")).operation == "query Find"
    assert work_of(raw(graphql__document=document)).operation == "mutation register"
    assert work_of(raw(graphql__document=document)).protocol == "graphql"
    assert work_of(raw(graphql__document="query Get { a b }")).operation == "query Get"
    assert work_of(raw(graphql__document="{ a b }", http__route="/graphql")).operation == "query a, b"
    only_type = raw(graphql__operation__type="query", http__route="/graphql", http__request__method="POST")
    assert work_of(only_type).operation == "POST /graphql"
    assert work_of(raw(graphql__operation__type="query")).operation == "query"


SPAN_ATTRIBUTES = {
    "graphql.operation.type": "query",
    "graphql.operation.name": "Find",
    "graphql.document": 'query Find { patient(email: "SECRETVALUE@example.com") { name phone(kind: "SECRETVALUE") } }',
}


def otlp_document() -> dict[str, Any]:
    return otlp.request(otlp.span(1, "server", "POST /graphql", SPAN_ATTRIBUTES))


def jaeger_document() -> dict[str, Any]:
    tags = [{"key": k, "type": "string", "value": v} for k, v in {**SPAN_ATTRIBUTES, "span.kind": "server"}.items()]
    span = {"traceID": "abc", "spanID": "1", "operationName": "x", "startTime": 1, "duration": 1, "tags": tags}
    process = {"serviceName": "api", "tags": []}
    return {"data": [{"traceID": "abc", "spans": [span | {"processID": "p"}], "processes": {"p": process}}]}


def zipkin_document() -> list[dict[str, Any]]:
    own = {"traceId": "463ac35c9f6413ad", "id": "1", "localEndpoint": {"serviceName": "api"}, "kind": "SERVER"}
    return [own | {"name": "x", "timestamp": 1, "duration": 1, "tags": SPAN_ATTRIBUTES}]


@pytest.mark.parametrize("document", [otlp_document(), jaeger_document(), zipkin_document()])
def test_every_format_yields_what_a_document_asks_for(read: Callable[..., Rows], document: Any) -> None:
    (row,) = read(document)
    assert [(key["place"], key["name"]) for key in row["keys"]] == [
        ("body", "email"),
        ("body", "kind"),
        ("graphql", "patient.name"),
        ("graphql", "patient.phone"),
    ]
    assert (row["operation"], row["protocol"]) == ("query Find", "graphql")
    assert "SECRETVALUE" not in str(row)
    assert {leak["category"] for leak in row["leaks"]} == {"user.contact.email"}
