"""A field's story, and that the lines it offers are a decision about just that field."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.annotations.story import MOST_FIELDS, fields_of, stories
from auditor.decisions import read_decisions
from classifiers.model import Label
from lineage.audit import Access, Audit, AuditField, Scope
from reports.text import visible

SCOPE = Scope("0", (), (), 0, 0, None, None, 0, 0, "none")


def field(store: str, table: str, column: str, *labels: Label) -> AuditField:
    return AuditField(f"{store}/{table}.{column}", store, table, column, "text", labels)


EMAIL = field("shop", "users", "email", Label("user.contact.email", "personal", 0.95, ("its name says so",)))
AUDIT = Audit(
    SCOPE,
    fields=(EMAIL, field("shop", "users", "zz"), field("other", "users", "zz")),
    accesses=(
        Access("portal", "GET /me", "shop/users.email", ("projected", "filtered"), 12, ("s1",)),
        Access("export", "job", "shop/users.*", ("projected",), 1, ("s2",)),
        Access("portal", "GET /me", "shop/users.id", ("projected",), 3, ("s1",)),
    ),
)


def test_a_story_has_labels_reasons_who_and_the_lines_to_add() -> None:
    assert list(stories(AUDIT, "shop/users.email", "ann", "2026-01-02")) == [
        "shop/users.email (text)",
        "  user.contact.email, personal, confidence 0.95",
        "    because its name says so",
        "  touched by portal, GET /me: projected, filtered (12 calls)",
        "  touched by export, job: projected as a part of the whole row (1 call)",
        "",
        'To correct it, add this to auditor.toml, with the category it has ("none": not personal) and why:',
        "",
        "[[fields]]",
        'match = "shop/users.email"',
        'category = "user.contact.email"',
        'reason = "..."',
        'by = "ann"',
        "date = 2026-01-02",
    ]


@pytest.mark.parametrize(
    ("wanted", "found"), [("zz", 2), ("shop/users.ZZ", 1), ("shop/*", 2), ("users.*", 3), ("id", 0)]
)
def test_fields_by_id_or_pattern(wanted: str, found: int) -> None:
    assert len(fields_of(AUDIT, wanted)) == found
    assert bool(list(stories(AUDIT, wanted, "ann", "2026-01-02"))) == bool(found)


def test_a_field_without_label_says_so_and_its_lines_ask_for_a_category() -> None:
    lines = list(stories(AUDIT, "other/users.zz", "ann", "2026-01-02"))
    assert "  no label: nothing says that it is personal" in lines
    assert "  touched by nobody that was seen" in lines
    text = "\n".join(lines[lines.index("[[fields]]") :])
    _, mistakes = read_decisions(tomllib.loads(text), text, ())
    assert len(mistakes) == 2  # the category and the reason are still to be written


def test_many_fields_are_cut() -> None:
    audit = Audit(SCOPE, fields=tuple(field("db", "t", f"c{number}") for number in range(MOST_FIELDS + 3)))
    assert "and 3 more fields: give a narrower pattern" in list(stories(audit, "t.*", "ann", "2026-01-02"))


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=20).map(str.strip).filter(bool))
def test_the_lines_are_toml_for_any_name(column: str) -> None:
    audit = Audit(SCOPE, fields=(field("shop", "users", column, *EMAIL.labels),))
    lines = list(stories(audit, f"shop/users.{column}", "ann", "2026-01-02"))
    text = "\n".join(lines[lines.index("[[fields]]") :]).replace('"..."', '"I looked"')
    (decision,), mistakes = read_decisions(tomllib.loads(text), text, ())
    assert mistakes == []
    assert decision.pattern.fits("shop", "users", column)
    assert all(line == visible(line) for line in lines)
