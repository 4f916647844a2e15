"""Protobuf: text and descriptor sets, services, names across files, what is damaged."""

from __future__ import annotations

from pathlib import Path

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet

from auditor.schemas.payloads import SchemaFile
from auditor.schemas.protobuf import read
from tests.support.schemas import as_file, files_of, message, short

FOUND = read(files_of("proto", "orders"))
ORDER = message(FOUND, "shop.v1.Order")
FIELDS = {leaf.path: leaf for leaf in ORDER.fields}


def test_methods_are_endpoints_streaming_or_not() -> None:
    assert [(e.kind, e.name, e.service) for e in FOUND.endpoints] == [
        ("rpc", "shop.v1.Orders/Place", "orders"),
        ("rpc", "shop.v1.Orders/Watch", "orders"),
        ("rpc", "shop.v1.Orders/Ping", "orders"),
    ]
    place, watch, ping = FOUND.endpoints
    assert place.request == ORDER == watch.response
    assert (place.source, place.line) == ("shop/orders.proto", 16)
    assert (ping.request, ping.response) == (None, None)  # Empty


def test_types_of_other_files_maps_and_choices_are_walked() -> None:
    assert short(ORDER) == {
        "buyer.full_name": "TEXT",
        "buyer.home.street": "TEXT",
        "buyer.home.city": "TEXT",
        "buyer.photo": "VARBINARY",
        "lines.sku": "TEXT",
        "lines.amount": "BIGINT",
        "placed_at": "TIMESTAMP",
        "coupon": "TEXT",
        "addresses.street": "TEXT",
        "addresses.city": "TEXT",
        "counts": "MAP<TEXT, BIGINT>",
        "iban": "TEXT",
        "card.number": "TEXT",
        "card.holder_mail": "TEXT",
        "status": "ENUM",
    }


def test_comments_marks_formats_and_lines() -> None:
    iban = FIELDS["iban",]
    assert iban.comment == "Where the money comes from."
    assert iban.categories == ("user.financial.bank_account",)
    assert iban.redacted
    assert FIELDS["coupon",].comment == "may be left out"
    assert FIELDS["card", "number"].redacted
    assert FIELDS["card", "number"].categories is None
    assert FIELDS["card", "holder_mail"].format == "email"
    text = files_of("proto")[2].data.decode().splitlines()
    assert "string iban" in text[iban.line - 1]
    assert FIELDS["buyer", "full_name"].line == 0  # it stands in another file


def test_what_may_carry_more_is_open() -> None:
    assert message(FOUND, "shop.v1.PlaceResult").open  # Any
    assert message(FOUND, "shop.common.Person").open  # bytes
    assert not message(FOUND, "shop.v1.Query").open
    assert not message(FOUND, "shop.common.Address").open


def test_a_recursive_type_is_cut_where_it_comes_round() -> None:
    tree = message(FOUND, "shop.v1.Tree")
    assert short(tree) == {"label": "TEXT"}
    assert tree.open


def test_a_damaged_file_loses_what_is_damaged_and_says_where() -> None:
    assert short(message(FOUND, "damaged.Good")) == {"email": "TEXT"}
    bad = message(FOUND, "damaged.Bad")
    assert short(bad) == {"phone": "TEXT", "gone": "JSON", "inner.nick": "TEXT"}
    assert bad.open
    assert [(p.file, p.line, p.what) for p in FOUND.problems] == [
        ("damaged.proto", 5, "has no name where one is due"),
        ("damaged.proto", 7, "uses a type that is in none of the files given"),
    ]


def test_two_projects_with_a_type_of_one_name_each_see_their_own() -> None:
    files = []
    for project, field in (("a", "email"), ("b", "phone")):
        common = f'syntax = "proto3"; package c; message Person {{ string {field} = 1; }}'
        user = f'syntax = "proto3"; package c; import "person.proto"; message In{project} {{ Person who = 1; }}'
        for name, text in (("person.proto", common), ("user.proto", user)):
            files.append(SchemaFile(Path("/x", project, name), f"{project}/{name}", text.encode()))
    found = read(files)
    assert short(message(found, "c.Ina")) == {"who.email": "TEXT"}
    assert short(message(found, "c.Inb")) == {"who.phone": "TEXT"}


def test_names_are_resolved_from_the_innermost_scope() -> None:
    text = """
    package a.b;
    message X { string outer = 1; }
    message Y { message X { string inner = 1; } optional X x = 1; optional .a.b.X far = 2; optional b.X near = 3; }
    """
    found = read([as_file(text, "scopes.proto")])
    assert short(message(found, "a.b.Y")) == {"x.inner": "TEXT", "far.outer": "TEXT", "near.outer": "TEXT"}


def test_what_carries_nothing_is_passed_over() -> None:
    text = """
    edition = "2024";
    option (a.b) = { c: [1, 2] d { e: "}" } };
    extend google.protobuf.FieldOptions { string mark = 5000 [(x) = {y: 1}]; }
    export message M {
      extensions 1000 [declaration = { number: 1000 type: ".a.B" }, verification = DECLARATION];
      reserved "old", "older"; reserved 3, 5 to max;
      option deprecated = true;;
      enum E { option allow_alias = true; A = 0 [(x) = "{"]; }
      string option_name = 1 [json_name = "a;b", (x) = { list: ["p", "q"] }, deprecated = true]; /* beside */
      .M.E message = 2;
    }
    """
    found = read([as_file(text, "all.proto")])
    assert not found.problems
    assert short(message(found, "M")) == {"option_name": "TEXT", "message": "ENUM"}
    assert message(found, "M").fields[0].comment == "beside"


def test_a_descriptor_set_says_the_same_as_the_text() -> None:
    kinds = FieldDescriptorProto
    person = DescriptorProto(name="Person")
    person.field.add(name="email", number=1, type=kinds.TYPE_STRING, label=kinds.LABEL_OPTIONAL)
    person.field.add(name="tags", number=2, type=kinds.TYPE_STRING, label=kinds.LABEL_REPEATED)
    person.field[0].options.debug_redact = True
    entry = person.nested_type.add(name="CountsEntry")
    entry.options.map_entry = True
    entry.field.add(name="key", number=1, type=kinds.TYPE_STRING)
    entry.field.add(name="value", number=2, type=kinds.TYPE_INT32)
    named = ".shop.Person.CountsEntry"
    person.field.add(name="counts", number=3, type=kinds.TYPE_MESSAGE, type_name=named, label=kinds.LABEL_REPEATED)
    file = FileDescriptorProto(name="shop/person.proto", package="shop", syntax="proto3", message_type=[person])
    service = file.service.add(name="People")
    service.method.add(name="Get", input_type=".shop.Person", output_type=".shop.Person", server_streaming=True)
    file.source_code_info.location.add(path=[4, 0, 2, 0], span=[1, 1, 1], leading_comments=" Where to write to.\n")
    found = read([as_file(FileDescriptorSet(file=[file]).SerializeToString(), "all.pb")])
    (endpoint,) = found.endpoints
    assert endpoint.name == "shop.People/Get"
    assert short(endpoint.response) == {"email": "TEXT", "tags": "ARRAY<TEXT>", "counts": "MAP<TEXT, INT>"}
    (email,) = [leaf for leaf in message(found, "shop.Person").fields if leaf.name == "email"]
    assert (email.comment, email.redacted) == ("Where to write to.", True)


def test_a_category_in_a_custom_option_of_a_descriptor_set() -> None:
    field = FieldDescriptorProto(name="mail", number=1, type=FieldDescriptorProto.TYPE_STRING)
    key = b"user.contact.email"
    field.options.MergeFromString(b"\x8a\xf7\x02" + bytes([len(key)]) + key)  # extension 6001, as a text
    flagged = FieldDescriptorProto(name="note", number=2, type=FieldDescriptorProto.TYPE_STRING)
    flagged.options.MergeFromString(b"\x90\xf7\x02\x01")  # extension 6002, as true
    file = FileDescriptorProto(name="a.proto", message_type=[DescriptorProto(name="A", field=[field, flagged])])
    file.extension.add(name="sensitive", number=6002, extendee=".google.protobuf.FieldOptions")
    found = read([as_file(FileDescriptorSet(file=[file]).SerializeToString(), "a.binpb")])
    mail, note = message(found, "A").fields
    assert (mail.categories, mail.redacted) == (("user.contact.email",), False)
    assert (note.categories, note.redacted) == (None, True)


def test_ten_thousand_messages_that_hang_together_stay_bounded() -> None:
    text = ['syntax = "proto3";']
    for number in range(10_000):
        other = number * 7 % 10_000
        text.append(f"message M{number} {{ string name = 1; M{other} next = 2; }}")
    found = read([as_file("\n".join(text), "big.proto")])
    assert len(found.messages) == 10_000
    assert sum(len(payload.fields) for payload in found.messages) < 500_000
    assert not found.problems
