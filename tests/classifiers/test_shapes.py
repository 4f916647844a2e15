import pytest

from classifiers.model import Field
from classifiers.names import name_labels


def says(name: str, parent: str | None = None, type_: str | None = None) -> set[str]:
    return {label.category for label in name_labels(Field(name, parent, type_))}


@pytest.mark.parametrize(
    "name",
    [
        "email_client_version",
        "email_subscribe",
        "name_set_via",
        "address_mapping",
        "phone_number_lookup_price",
        "photo_url",
        "gender_neutered_ratio",
        "address_from_date",
    ],
)
def test_the_last_noun_says_what_a_compound_is(name: str) -> None:
    assert says(name, "users") == set()


@pytest.mark.parametrize("name", ["email_2", "email_address_of_parent", "phone_home", "address_line_1", "email_home"])
def test_what_only_adds_to_the_meaning_leaves_it(name: str) -> None:
    assert says(name, "users")


def test_after_a_preposition_something_else_may_follow() -> None:
    assert says("comments_on_dose", None, "text") == {"user.content.private"}


@pytest.mark.parametrize(
    ("type_", "expected"),
    [("text", True), ("varchar(500)", True), ("nvarchar(max)", True), ("string", False), ("enum('a')", False)],
)
def test_free_text_needs_a_type_with_room_for_it(type_: str, expected: bool) -> None:
    assert bool(says("remarks", "parcels", type_)) is expected


def test_codes_are_no_free_text() -> None:
    assert says("notes", "customers", "text")
    assert not says("notes", "customers", "enum('a','b')")


def test_texts_may_be_declared_binary() -> None:
    assert says("user_email", "users", "tinyblob") == {"user.contact.email"}
    assert says("user_name", "users", "varbinary(255)") == {"user.account.username"}


def test_a_bare_reference_needs_a_declared_key() -> None:
    assert says("customer", "charges") == says("customer", "charges", "string") == set()
    assert says("customer", "charges", "uuid") == {"user.unique_id.pseudonymous"}
