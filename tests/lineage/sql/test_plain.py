"""The short ways round the tokens lead to where the long way leads, and only plain statements take them."""

from __future__ import annotations

from pathlib import Path

import pytest

from lineage.sql import normalise
from lineage.sql.analyse import _analyse, analyse
from lineage.sql.plain import plain

FIXTURES = sorted(Path("tests/fixtures/sql").glob("*.sql"))
TEXTS = [
    "\n".join(line for line in part.splitlines() if not line.startswith("--"))
    for file in FIXTURES
    for part in file.read_text(encoding="utf-8").split("\n\n")
]


def test_there_is_something_to_compare() -> None:
    assert len([text for text in TEXTS if plain(text, "postgres") is not None]) > 100


def test_facts_are_the_same_either_way(monkeypatch: pytest.MonkeyPatch) -> None:
    _analyse.cache_clear()
    short = [analyse(text, "postgres") for text in TEXTS]
    monkeypatch.setattr(normalise, "plain", lambda *_: None)
    _analyse.cache_clear()
    assert [analyse(text, "postgres") for text in TEXTS] == short
    _analyse.cache_clear()
