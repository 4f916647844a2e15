"""Decisions by pattern: what fits, what wins, what they say."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.decisions import ConflictingDecisions, Decision, Pattern, decide, usual_facet
from classifiers.model import Label

EMAIL, NAME = ("user.contact.email",), ("user.name",)


def decision(match: str, categories: tuple[str, ...] = EMAIL, place: str = "") -> Decision:
    return Decision(Pattern(match), categories, "seen in the code", place=place)


@pytest.mark.parametrize(
    "pattern",
    [
        "db-1/shop/app.users.email",
        "db-1/shop/users.email",
        "DB-1/Shop/Users.EMail",
        "users.email",
        "app.users.email",
        "users.*",
        "user?.e*",
        "email",
        "*.email",
        "db-1/shop/users",
        "db-1/*",
        "*/users",
    ],
)
def test_patterns_that_fit(pattern: str) -> None:
    assert Pattern(pattern).fits("db-1/shop", "app.users", "email")


@pytest.mark.parametrize(
    "pattern",
    ["shop/users.email", "superusers.email", "sers.email", "users", "mail", "users.emai", "db-2/*", "[eu]mail"],
)
def test_patterns_that_do_not(pattern: str) -> None:
    assert not Pattern(pattern).fits("db-1/shop", "app.users", "email")


def test_brackets_and_dots_are_themselves() -> None:
    assert Pattern("t.items[0]").fits("db", "t", "items[0]")
    assert not Pattern("t.items[0]").fits("db", "t", "items0")
    assert not Pattern("t.a+").fits("db", "t", "aa")


def test_a_nested_field_by_its_path_or_its_last_step() -> None:
    for pattern in ("customer.address.city", "*.address.city", "city"):
        assert Pattern(pattern).fits("db", "customer", "address.city")


def test_the_most_precise_wins_whatever_the_order() -> None:
    broad = [decision("*.email", NAME), decision("users.*", NAME), decision("users.email")]
    for order in (broad, broad[::-1]):
        assert decide(order, "db", "users", "email") == decision("users.email")
    narrow = [decision("db/users.email", ()), *broad]
    assert decide(narrow, "db", "users", "email") == decision("db/users.email", ())
    assert decide(narrow, "other", "users", "email") == decision("users.email")
    assert decide(narrow, "db", "orders", "total") is None


def test_equally_precise_ones_that_disagree_are_both_named() -> None:
    found = [decision("user.*", EMAIL, "line 1"), decision("*.mail", NAME, "line 5")]
    with pytest.raises(ConflictingDecisions, match=r"line 1 'user\.\*' and line 5 '\*\.mail'.*db/user\.mail"):
        decide(found, "db", "user", "mail")
    agreeing = [decision("user.*"), decision("*.mail")]
    assert decide(agreeing, "db", "user", "mail") == agreeing[0]


def test_labels_are_sure_and_say_who_decided() -> None:
    said = Decision(Pattern("x"), EMAIL, "see the form", by="ann", date="2026-01-02")
    assert said.labels() == (
        Label("user.contact.email", "personal", 1.0, ("decided by ann on 2026-01-02: see the form",)),
    )
    assert decision("x").labels()[0].evidence == ("decided: seen in the code",)
    assert decision("x", ()).labels() == ()
    chosen = Decision(Pattern("x"), EMAIL, "r", facet="identifier")
    assert chosen.labels()[0].facet == "identifier"


def test_usual_facets() -> None:
    facets = {
        key: usual_facet(key) for key in ("user.name", "user.authorization.password", "user.unique_id", "user.content")
    }
    assert list(facets.values()) == ["personal", "credential", "identifier", "content"]


NAMES = st.text(string.ascii_letters + string.digits + "_-[]+()^$", min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(NAMES, NAMES, NAMES)
def test_a_fields_own_id_always_fits_it_and_nothing_with_another_end(store: str, table: str, column: str) -> None:
    pattern = Pattern(f"{store}/{table}.{column}")
    assert pattern.fits(store, table, column)
    assert pattern.precision[0] == 3
    assert not pattern.fits(store, table, column + "x")
