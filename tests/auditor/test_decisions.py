"""`[[fields]]` of auditor.toml: read with all mistakes at once, applied, missed when they fit nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.config import Config, load_config
from auditor.decisions import settle, unused_decisions
from auditor.errors import ConfigError
from classifiers.model import Label

GOOD = """
[classify]
categories = ["user.contact.pager"]

[[fields]]
match = "shop/users.login"
category = "user.contact.email"
facet = "identifier"
by = "ann"
date = 2026-01-02
reason = "people log in by e-mail"

[[fields]]
match = "*.pager"
category = ["user.contact.pager", "user.name"]
date = "2026-01-03"
reason = "pagers are labelled by name"

[[fields]]
match = "products.*"
category = "none"
reason = "a catalogue"
"""


def config(folder: Path, text: str) -> Config:
    file = folder / "auditor.toml"
    file.write_text(text)
    return load_config(str(file))


def mistakes(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        config(folder, text)
    return str(caught.value)


def test_decisions_are_read_with_their_place(tmp_path: Path) -> None:
    first, second, third = config(tmp_path, GOOD).decisions
    assert first.place == "auditor.toml line 5 [[fields]]"
    assert first.labels() == (
        Label("user.contact.email", "identifier", 1.0, ("decided by ann on 2026-01-02: people log in by e-mail",)),
    )
    assert second.categories == ("user.contact.pager", "user.name")
    assert second.date == "2026-01-03"
    assert third.categories == ()


def test_a_decision_beats_the_machine_and_none_removes(tmp_path: Path) -> None:
    decisions = config(tmp_path, GOOD).decisions
    guess = (Label("user.name", "personal", 0.6, ("a guess",)),)
    assert [label.category for label in settle(decisions, ("shop", "users", "login"), guess)] == ["user.contact.email"]
    assert settle(decisions, ("shop", "products", "name"), guess) == ()
    assert settle(decisions, ("shop", "orders", "name"), guess) == guess


def test_what_fits_nothing_is_a_gap(tmp_path: Path) -> None:
    decisions = config(tmp_path, GOOD).decisions
    gaps = unused_decisions(decisions, [("shop", "users", "login"), ("x", "products", "id")])
    assert [(gap.kind, gap.where) for gap in gaps] == [("unused_decision", "auditor.toml line 13 [[fields]] '*.pager'")]
    assert unused_decisions((), []) == []


def test_all_mistakes_are_told_at_once_with_their_line(tmp_path: Path) -> None:
    told = mistakes(
        tmp_path,
        """
[[fields]]
category = "user.contact.emial"
facet = "secret"
date = "soon"
colour = 1

[[fields]]
match = "users.email"
category = 3
reason = "..."

[classify]
categories = ["animal.name"]
""",
    )
    for words in (
        "line 2 [[fields]]: 'match' must be",
        "line 2 [[fields]]: unknown category 'user.contact.emial'",
        "line 2 [[fields]]: 'facet' must be one of",
        "line 2 [[fields]]: 'date' must be a day",
        "line 2 [[fields]]: unknown setting 'colour'",
        "line 2 [[fields]]: 'reason' must be",
        "line 8 [[fields]]: 'category' must be",
        "line 8 [[fields]]: 'reason' must be",
        "classify.categories",
    ):
        assert words in told


def test_two_decisions_for_the_same_fields_are_a_mistake(tmp_path: Path) -> None:
    entry = '[[fields]]\nmatch = "{}"\ncategory = "none"\nreason = "r"\n'
    told = mistakes(tmp_path, entry.format("email") + entry.format("*/*.EMAIL"))
    assert "line 5 [[fields]]: the same fields as line 1 [[fields]]" in told


@pytest.mark.parametrize("text", ["fields = 3", "fields = [1]", "[fields]\na = 1"])
def test_wrong_forms(tmp_path: Path, text: str) -> None:
    assert "'fields' must be written as [[fields]] entries" in mistakes(tmp_path, text)


def test_inline_entries_are_counted_where_lines_are_unknown(tmp_path: Path) -> None:
    assert "[[fields]] 2: 'reason'" in mistakes(
        tmp_path, 'fields = [{match="a", category="none", reason="r"}, {match="b", category="none"}]'
    )


def test_a_conflict_on_a_field_is_a_configuration_error(tmp_path: Path) -> None:
    entry = '[[fields]]\nmatch = "{}"\ncategory = "{}"\nreason = "r"\n'
    decisions = config(tmp_path, entry.format("user.*", "none") + entry.format("*.mail", "user.name")).decisions
    with pytest.raises(ConfigError, match=r"line 1 .*line 5 "):
        settle(decisions, ("db", "user", "mail"), ())
