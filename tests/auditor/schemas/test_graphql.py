"""GraphQL schemas to payloads."""

from __future__ import annotations

import json
from pathlib import Path

from graphql import build_schema, introspection_from_schema
from hypothesis import given
from hypothesis import strategies as st

from auditor.schemas.graphql import read
from auditor.schemas.payloads import MOST_FIELDS, Payloads, SchemaFile
from lineage.payload import Endpoint, PayloadField

CLINIC = '''
"""What the clinic answers"""
type Query {
  patient(id: ID!, filter: Filter): Patient
  search(q: String): [Hit!]!
  now: DateTime
  anything: JSON
}
type Mutation { register(input: RegisterInput!): Patient! }
type Subscription { admitted: Patient }
input RegisterInput { email: EmailAddress! address: AddressInput ssn: String @sensitive }
input AddressInput { street: String, city: String @privacy(category: "user.contact.address.city") }
input Filter { and: [Filter!] name: String }
interface Node { id: ID! }
"A patient"
type Patient implements Node {
  id: ID!
  "Where to write" email: EmailAddress @privacy(category: "user.contact.email")
  tags: [[String!]]
  avatar(size: Int): String
  doctor: Doctor
  old: String @deprecated(reason: "user.contact.email")
}
enum Kind { A B }
scalar EmailAddress
scalar DateTime
scalar JSON
type Doctor implements Node @privacy(category: "user.name") { id: ID! name: String kind: Kind patients: [Patient!]! }
union Hit = Patient | Doctor
'''


def parsed(*texts: str, services: tuple[str | None, ...] = ()) -> Payloads:
    names = services or (None,) * len(texts)
    files = [
        SchemaFile(Path(f"/s/{n}.graphql"), f"{n}.graphql", text.encode(), service)
        for n, (text, service) in enumerate(zip(texts, names, strict=True))
    ]
    return read(files)


def endpoint(found: Payloads, name: str) -> Endpoint:
    (only,) = [each for each in found.endpoints if each.name == name]
    return only


def answer(found: Payloads, name: str) -> dict[str, PayloadField]:
    response = endpoint(found, name).response
    assert response is not None
    return {".".join(field.path): field for field in response.fields}


def fields_of(text: str) -> dict[str, PayloadField]:
    return answer(parsed(text), "query patient")


def asked(found: Payloads, name: str) -> dict[str, PayloadField]:
    request = endpoint(found, name).request
    return {} if request is None else {".".join(field.path): field for field in request.fields}


def test_root_fields_are_endpoints() -> None:
    found = parsed(CLINIC)
    assert [e.name for e in found.endpoints] == [
        "query patient",
        "query search",
        "query now",
        "query anything",
        "mutation register",
        "subscription admitted",
    ]
    assert {e.kind for e in found.endpoints} == {"graphql"}
    assert endpoint(found, "query patient").line == 4
    assert endpoint(found, "query patient").source == "0.graphql"
    assert not found.problems


def test_an_answer_holds_what_can_be_selected() -> None:
    fields = answer(parsed(CLINIC), "query patient")
    assert list(fields) == [
        "patient.id",
        "patient.email",
        "patient.tags",
        "patient.avatar",
        "patient.old",
        "patient.doctor.id",
        "patient.doctor.name",
        "patient.doctor.kind",
    ]
    email = fields["patient.email"]
    assert (email.categories, email.format, email.comment) == (("user.contact.email",), "email", "Where to write")
    assert (email.type, email.line) == ("TEXT", 18)
    assert fields["patient.tags"].type == "ARRAY<ARRAY<TEXT>>"
    assert fields["patient.old"].categories is None  # a deprecation states no category
    assert fields["patient.doctor.name"].categories == ("user.name",)  # stated of the type
    assert answer(parsed(CLINIC), "query now")["now"].type == "TIMESTAMP"


def test_a_type_that_comes_round_is_cut_and_not_open() -> None:
    response = endpoint(parsed(CLINIC), "query patient").response
    assert response is not None
    assert not response.open
    assert not any("patients" in field.path for field in response.fields)


def test_a_scalar_of_free_form_is_open() -> None:
    response = endpoint(parsed(CLINIC), "query anything").response
    assert response is not None
    assert response.open


def test_members_of_unions_and_interfaces_are_selectable() -> None:
    fields = answer(parsed(CLINIC), "query search")
    assert {"search.email", "search.name", "search.doctor.name", "search.patients.email"} <= set(fields)


def test_arguments_are_flattened() -> None:
    found = parsed(CLINIC)
    fields = asked(found, "mutation register")
    assert set(fields) >= {"input.email", "input.address.street", "input.address.city", "input.ssn"}
    assert fields["input.ssn"].redacted
    assert fields["input.address.city"].categories == ("user.contact.address.city",)
    assert set(asked(found, "query patient")) == {"id", "filter.name", "avatar.size"}
    assert endpoint(found, "query now").request is None


def test_files_complete_each_other_and_keep_their_own_types_apart() -> None:
    found = parsed(
        "type Query { me: User } type User { name: String }",
        "extend type Query { you: Pet } type Pet { tag: String }  extend type User { email: String }",
        "type Query { it: User } type User { size: Int }",
    )
    assert set(answer(found, "query me")) == {"me.name", "me.email"}
    assert set(answer(found, "query you")) == {"you.tag"}
    assert "it.size" in answer(found, "query it")
    assert "it.name" not in answer(found, "query it")


def test_a_schema_names_its_roots() -> None:
    found = parsed("schema { query: Reads } type Reads { a: Int } type Query { b: Int }")
    assert [e.name for e in found.endpoints] == ["query a"]


def test_one_bad_definition_costs_itself() -> None:
    found = parsed("type Query { a: A }\ntype Bad { x: }\ntype A { secret_word: String }\n")
    assert set(answer(found, "query a")) == {"a.secret_word"}
    (problem,) = found.problems
    assert (problem.file, problem.line) == ("0.graphql", 2)
    assert "secret" not in problem.what


def test_an_answer_to_introspection_is_a_schema() -> None:
    schema = build_schema("type Query { patient(id: ID!): Patient } type Patient { email: String }")
    answer = {"data": introspection_from_schema(schema)}
    assert set(fields_of(json.dumps(answer))) == {"patient.email"}
    found = parsed('{"data": {"__schema": {"types": "secret"}}}')
    assert [problem.what for problem in found.problems] == ["an answer to GraphQL introspection that could not be read"]


def test_a_file_of_operations_is_no_schema() -> None:
    (problem,) = parsed("query Q { a }").problems
    assert "no GraphQL type" in problem.what


def test_a_schema_too_wide_is_cut_and_open() -> None:
    types = "\n".join(f"type T{n} {{ {' '.join(f's{k}: String' for k in range(9))} }}" for n in range(400))
    all_of_them = "type Query { root: All } type All { " + " ".join(f"t{n}: T{n}" for n in range(400)) + " }"
    response = endpoint(parsed(types + all_of_them), "query root").response
    assert response is not None
    assert response.open
    assert len(response.fields) == MOST_FIELDS


def test_a_densely_woven_schema_shows_every_type() -> None:
    names = [f"T{n}" for n in range(30)]
    types = "\n".join(
        f"type {name} {{ own{name}: String {' '.join(f'to{other}: {other}' for other in names)} }}" for name in names
    )
    response = endpoint(parsed(types + " type Query { root: T0 }"), "query root").response
    assert response is not None
    assert {field.name for field in response.fields} >= {f"own{name}" for name in names}
    assert not response.open


@given(st.text(alphabet='type Query{}()[]:!@"|=&\n\t#$ab.,', max_size=120))
def test_any_text_gives_an_answer(text: str) -> None:
    parsed(text)


@given(st.binary(max_size=80))
def test_any_bytes_give_an_answer(data: bytes) -> None:
    read([SchemaFile(Path("x.graphql"), "x.graphql", data)])


@given(st.integers(0, len(CLINIC)))
def test_a_cut_off_schema_keeps_its_line(length: int) -> None:
    lines = CLINIC.count("\n") + 1
    assert all(0 <= problem.line <= lines for problem in parsed(CLINIC[:length]).problems)
