"""waivers.toml: read, added to, re-dated and thinned out, comments kept."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import ConfigError
from auditor.gate.waiver_edits import add_waiver, change_waivers, remove_waivers
from auditor.gate.waiverfile import load_waivers
from lineage.findings import Waiver

ONE, TWO, THREE = "e1-0123456789abcdef", "l1-0123456789abcdef", "e1-0000000000000000"
WAIVER = Waiver(ONE, "because", "web team", "2026-04-01", "pending_fix", "2026-03-01", "user.name reaches x")
ENTRY = f'[[waivers]]\nid = "{ONE}"\nreason = "because"\nowner = "ann"\nexpires = 2026-04-01\n'


def test_what_is_added_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "waivers.toml"
    assert load_waivers(file) == ()
    add_waiver(file, WAIVER)
    add_waiver(file, replace(WAIVER, id=TWO))
    first, second = load_waivers(file)
    assert replace(first, line=0) == WAIVER
    assert file.read_text().splitlines()[second.line - 1] == "[[waivers]]"
    assert second.id == TWO


def test_edits_keep_comments_and_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "waivers.toml"
    file.write_text(f"# head\n\n# about one\n{ENTRY}# its end\n\n{ENTRY.replace(ONE, TWO)}")
    add_waiver(file, replace(WAIVER, id=THREE))
    change_waivers(file, [replace(WAIVER, reason="again", expires="2026-05-01")])
    remove_waivers(file, {TWO})
    text = file.read_text()
    for comment in ("# head", "# about one", "# its end"):
        assert comment in text
    assert [(w.id, w.reason, w.expires) for w in load_waivers(file)] == [
        (ONE, "again", "2026-05-01"),
        (THREE, "because", "2026-04-01"),
    ]
    remove_waivers(file, {ONE, THREE})
    assert load_waivers(file) == ()
    add_waiver(file, WAIVER)
    assert len(load_waivers(file)) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[", "is not TOML"),
        ("waiver = 1", "unknown setting 'waiver'"),
        ("[waivers]\nx = 1", r"must be written as \[\[waivers\]\]"),
        (ENTRY.replace(ONE, "e1-1"), "line 1 .*'id' must be"),
        (ENTRY.replace("because", "  "), "'reason' must be a text of words"),
        (ENTRY.replace('owner = "ann"', ""), "'owner' must be"),
        (ENTRY.replace("expires = 2026-04-01", ""), "'expires' must be a day"),
        (ENTRY.replace("2026-04-01", '"soon"'), "'expires' must be a day"),
        (ENTRY + 'kind = "x"', "'kind' must be one of"),
        (ENTRY + "until = 1", "unknown setting 'until'"),
        (ENTRY + ENTRY, "waived twice; line 1"),
    ],
)
def test_mistakes_are_told_with_file_and_place(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "waivers.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=says) as told:
        load_waivers(file)
    assert str(file) in str(told.value)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=60).filter(
    lambda text: any(map(str.isalnum, text)) and text == text.strip()
)


@given(WORDS, WORDS, st.dates())
def test_any_words_survive(reason: str, owner: str, day: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "waivers.toml"
        waiver = replace(WAIVER, reason=reason, owner=owner, expires=str(day))
        add_waiver(file, WAIVER)
        change_waivers(file, [waiver])
        add_waiver(file, replace(waiver, id=TWO))
        assert [(w.reason, w.owner, w.expires) for w in load_waivers(file)] == [(reason, owner, str(day))] * 2
