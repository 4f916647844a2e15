"""Thrift files to payloads."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from auditor.schemas.payloads import Payloads, SchemaFile
from auditor.schemas.thrift import read
from lineage.payload import Endpoint, PayloadField

USERS = """
#@namespace scala com.example.users
namespace java com.example.users
namespace * users
include "common/shared.thrift"
typedef string Email (privacy.category = "user.contact.email")
typedef list<User> Users
enum Kind { STAFF = 1, GUEST (x = "y") }
const map<string, list<i32>> LIMITS = {"a": [1, 2]}
/** A user
 * of ours */
struct User {
  /** where to write */
  1: required Email email,
  2: optional list<string> tags = ["a"] ;
  3: map<string, i64> counts = {"a": 1}
  // not a comment of the field
  4: uuid id
  5: Kind kind
  6: optional User boss (cpp.ref = "true")
  7: shared.Address home
  8: map<string, shared.Address> others
  9: string password (sensitive = "true")
} (persisted = "true")
union Pet { 1: string cat; 2: binary dog }
exception NotFound { 1: string message }
service Base extends shared.Health { oneway void ping() }
service UserStore extends Base {
  User get(1: i64 id, 2: Email mail) throws (1: NotFound notFound) (deadline = "1s"),
  Users all();
  i32 count(1: list<Pet> pets)
  void clear()
}
"""
SHARED = """
struct Address { 1: string street (privacy = "user.contact.address.street"), 2: optional string city }
service Health { bool healthy(1: string probe) }
"""


def parsed(**texts: str) -> Payloads:
    files = [
        SchemaFile(Path(f"/s/{name.replace('__', '/')}.thrift"), f"{name}.thrift", text.encode())
        for name, text in texts.items()
    ]
    return read(files)


def both() -> Payloads:
    return parsed(users=USERS, common__shared=SHARED)


def endpoint(found: Payloads, name: str) -> Endpoint:
    (only,) = [each for each in found.endpoints if each.name == name]
    return only


def fields(found: Payloads, name: str, side: str) -> dict[str, PayloadField]:
    payload = getattr(endpoint(found, name), side)
    return {".".join(field.path): field for field in payload.fields}


def test_functions_are_endpoints_those_of_extended_services_too() -> None:
    found = both()
    assert not found.problems
    assert sorted(e.name for e in found.endpoints) == [
        "Base/healthy",
        "Base/ping",
        "Health/healthy",
        "UserStore/all",
        "UserStore/clear",
        "UserStore/count",
        "UserStore/get",
        "UserStore/healthy",
        "UserStore/ping",
    ]
    get = endpoint(found, "UserStore/get")
    assert (get.kind, get.source, get.line) == ("rpc", "users.thrift", 29)


def test_what_goes_out_and_what_comes_back() -> None:
    found = both()
    assert list(fields(found, "UserStore/get", "request")) == ["id", "mail"]
    assert fields(found, "UserStore/get", "request")["mail"].categories == ("user.contact.email",)
    answer = fields(found, "UserStore/get", "response")
    assert set(answer) == {
        *("email", "tags", "counts", "id", "kind", "password", "home.street", "home.city"),
        *("others.street", "others.city", "notFound.message"),
    }
    assert (answer["email"].type, answer["email"].comment) == ("TEXT", "where to write")
    assert answer["tags"].type == "ARRAY<TEXT>"
    assert answer["counts"].type == "MAP<TEXT, BIGINT>"
    assert (answer["id"].type, answer["kind"].type) == ("UUID", "TEXT")
    assert answer["id"].comment is None
    assert answer["password"].redacted
    assert answer["home.street"].categories == ("user.contact.address.street",)
    assert list(fields(found, "UserStore/count", "response")) == ["success"]
    assert "email" in fields(found, "UserStore/all", "response")


def test_nothing_is_carried_where_nothing_is_declared() -> None:
    found = both()
    clear, ping = endpoint(found, "UserStore/clear"), endpoint(found, "Base/ping")
    assert (clear.request, clear.response, ping.response) == (None, None, None)


def test_openness() -> None:
    found = both()
    count, get = endpoint(found, "UserStore/count"), endpoint(found, "Health/healthy")
    assert count.request is not None
    assert get.request is not None
    assert count.request.open  # bytes of unknown form
    assert not get.request.open


def test_messages() -> None:
    assert [m.name for m in both().messages] == ["User", "Pet", "NotFound", "Address"]


def test_a_missing_include_is_told_and_makes_its_types_open() -> None:
    found = parsed(users=USERS)
    assert [problem.what for problem in found.problems] == ["an included file is not among the schema files"]
    response = endpoint(found, "UserStore/get").response
    assert response is not None
    assert response.open


def test_one_bad_definition_costs_itself() -> None:
    found = parsed(a="struct Bad { 1: }\nstruct Good { 1: string name }\nservice S { Good get() }\n")
    assert [(p.file, p.line) for p in found.problems] == [("a.thrift", 1)]
    assert list(fields(found, "S/get", "response")) == ["name"]


def test_types_in_circles_end() -> None:
    found = parsed(
        a="typedef B A\ntypedef A B\nstruct T { 1: T t 2: U u 3: A a } struct U { 1: T t 2: string s }",
        b='include "c.thrift"\nservice X extends c.Y {}',
        c='include "b.thrift"\nservice Y extends b.X { void f() }',
    )
    by_name = {message.name: message for message in found.messages}
    assert {".".join(f.path) for f in by_name["T"].fields} == {"a", "u.s"}
    assert {e.name for e in found.endpoints} == {"X/f", "Y/f"}


def test_deep_nesting_is_a_problem_and_no_crash() -> None:
    found = parsed(a="struct T { 1: " + "list<" * 5000 + "string" + ">" * 5000 + " x }\nstruct U { 1: string y }")
    assert [message.name for message in found.messages] == ["U"]


@given(st.text(alphabet="structservice{}()<>:=,;1 \n\"'/*#@-.", max_size=150))
def test_any_text_gives_an_answer(text: str) -> None:
    parsed(a=text)


@given(st.integers(0, len(USERS)), st.integers(0, 40))
def test_a_damaged_file_gives_an_answer(start: int, length: int) -> None:
    found = parsed(users=USERS[:start] + USERS[start + length :], common__shared=SHARED)
    assert all(problem.line <= USERS.count("\n") + 1 for problem in found.problems)
