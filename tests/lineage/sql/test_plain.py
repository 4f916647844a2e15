"""The short ways round the tokens lead to where the long way leads, and only plain statements take them."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from lineage.sql import normalise
from lineage.sql.analyse import _analyse, analyse
from lineage.sql.plain import plain, plain_shape

SHAPES = importlib.import_module("lineage.sql.shape")
FIXTURES = sorted(Path("tests/fixtures/sql").glob("*.sql"))
TEXTS = [
    "\n".join(line for line in part.splitlines() if not line.startswith("--"))
    for file in FIXTURES
    for part in file.read_text(encoding="utf-8").split("\n\n")
]


def test_there_is_something_to_compare() -> None:
    taken = [text for text in TEXTS if plain_shape(text, "postgres") is not None]
    assert len(taken) > 100
    assert len([text for text in TEXTS if plain(text, "postgres") is not None]) > 100


@pytest.mark.parametrize("system", ["postgresql", "oracle"])
def test_shapes_are_the_same_either_way(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    cut = [text[: len(text) * part // 7] for text in TEXTS for part in range(1, 8)]
    SHAPES._shape.cache_clear()
    short = [SHAPES.shape(text, system) for text in cut]
    monkeypatch.setattr(SHAPES, "plain_shape", lambda *_: None)
    SHAPES._shape.cache_clear()
    assert [SHAPES.shape(text, system) for text in cut] == short
    SHAPES._shape.cache_clear()


def test_facts_are_the_same_either_way(monkeypatch: pytest.MonkeyPatch) -> None:
    _analyse.cache_clear()
    short = [analyse(text, "postgres") for text in TEXTS]
    monkeypatch.setattr(normalise, "plain", lambda *_: None)
    _analyse.cache_clear()
    assert [analyse(text, "postgres") for text in TEXTS] == short
    _analyse.cache_clear()


@pytest.mark.parametrize(
    "text",
    [
        "SELECT a FROM t WHERE b = 'secret'",
        "SELECT a FROM t WHERE b = 5551234",
        "SELECT a FROM t -- secret",
        "SELECT a /* secret */ FROM t",
        'SELECT a FROM t WHERE "ann@example.test" = b',
        'SELECT "number 5551234" FROM t',
        "SELECT a FROM t WHERE b = N'secret'",
        "SELECT a FROM t WHERE b = $$secret$$",
        "SELECT a FROM t WHERE b = <secret>",
        "secret words",
    ],
)
def test_what_may_hold_a_value_goes_the_long_way(text: str) -> None:
    assert plain_shape(text, "postgres") is None
