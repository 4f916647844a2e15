"""Annotations: read from comments, found by field, turned into labels."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.annotations.notes import Annotation, Annotations, comment_annotations, denies, said_in
from lineage.tables import CatalogTable, Column


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("privacy: user.contact.email", ("user.contact.email",)),
        ("Who to write to. fides:user.contact.email, user.name. Since 2019", ("user.contact.email", "user.name")),
        ("[Privacy: none]", ()),
        ("privacy: none", ()),
        ("privacy: user", ("user",)),
        ("privacy: user may opt out", None),
        ("privacy: none of your business", None),
        ("privacy: see the handbook", None),
        ("email-privacy.privacy: user.name", None),
        ("", None),
        (None, None),
    ],
)
def test_what_a_comment_says(comment: str | None, said: tuple[str, ...] | None) -> None:
    assert said_in(comment) == said


def test_comments_of_a_table_keep_their_file_and_line() -> None:
    columns = (Column("ref", comment="privacy: user.name", line=7), Column("plain", comment="a number"))
    table = CatalogTable("db", "app.users", columns, True, source="schema.sql")
    (found,) = comment_annotations([table])
    notes = Annotations([found])
    (label,) = notes.labels(notes.on("db", "app.users", "REF"))
    assert (label.category, label.facet, label.confidence) == ("user.name", "personal", 0.97)
    assert label.evidence == ("annotated as user.name in schema.sql, line 7 (the column's comment)",)
    assert notes.on("other", "app.users", "ref") == ()


USERS = CatalogTable("db", "users", (Column("ref"),), True)


def note(table: str = "users", categories: tuple[str, ...] = ("user.name",), store: str | None = None) -> Annotation:
    return Annotation(table, "ref", categories, "d.yml", 3, "a form", store)


@pytest.mark.parametrize(
    ("said", "actual", "fits"),
    [
        ("users", "app.users", True),
        ("app.users", "users", True),
        ("app.users", "old.users", False),
        ("user", "users", False),
    ],
)
def test_a_schema_counts_only_where_both_sides_name_it(said: str, actual: str, fits: bool) -> None:
    assert bool(Annotations([note(said)]).on("db", actual, "ref")) is fits


def test_unknown_categories_are_gaps_and_give_no_label() -> None:
    notes = Annotations(
        [note(categories=("user.contact.emial", "user.name")), note(categories=("user.contact.pager",))]
    )
    assert [label.category for label in notes.labels(notes.on("db", "users", "ref"))] == ["user.name"]
    assert [(gap.kind, gap.where, gap.share) for gap in notes.gaps([USERS])] == [
        ("unread_annotation", "d.yml line 3", 0.5)
    ] * 2
    known = Annotations([note(categories=("user.contact.pager",))], own=("user.contact.pager",))
    assert known.gaps([USERS]) == []
    assert known.labels(known.on("db", "users", "ref"))


def test_technical_categories_tell_nothing() -> None:
    notes = Annotations([note(categories=("system.operations",))])
    said = notes.on("db", "users", "ref")
    assert notes.labels(said) == ()
    assert not denies(said)
    assert notes.gaps([USERS]) == []


def test_a_denial_needs_everybody() -> None:
    assert denies([note(categories=())])
    assert not denies([note(categories=()), note()])
    assert not denies([])


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_comment_can_be_read(text: str) -> None:
    said = said_in(text)
    assert said is None or all(key.startswith(("user", "system")) for key in said)
