"""Names in texts, by a model that the user has: a tiny one made here."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import pytest

from classifiers import ner
from classifiers.classify import classify
from classifiers.model import Field
from classifiers.samples import judge
from classifiers.tools import Tools

TEXTS = [
    "please call back Jane Moore about the broken lamp",
    "the parcel went to Jane Moore and came back again",
    "the lamp on the desk flickers since last week",
    "a new shade was sent and the old one thrown away",
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import spacy

        pipeline = spacy.blank("en")
        ruler = pipeline.add_pipe("entity_ruler")
        ruler.add_patterns(  # type: ignore[attr-defined]
            [
                {"label": "PERSON", "pattern": "Jane Moore"},
                {"label": "PERSON", "pattern": "Agent 7"},
                {"label": "ORG", "pattern": "Desk Ltd"},
            ]
        )
        folder = tmp_path_factory.mktemp("model")
        pipeline.to_disk(folder)
    return str(folder)


def test_texts_that_name_people(model: str) -> None:
    assert ner.with_people(TEXTS, model) == (2, 4)
    assert ner.with_people(["Desk Ltd sells desks"], model) == (0, 1)


def test_never_on_digits(model: str) -> None:
    assert ner.with_people(["Agent 7 was here in the old office"], model) == (0, 1)
    assert ner.with_people(["0044 20 7946 0123 Jane Moore 0044 20 7946 0124"], model) == (0, 0)


def test_wordy_columns_only(model: str) -> None:
    tools = Tools(ner_model=model)
    (shown,) = judge(TEXTS, tools=tools).shown
    assert (shown.category, shown.sentence) == (
        "user.name",
        "2 of 4 distinct values name a person, says the language model",
    )
    assert judge(TEXTS).shown == ()
    short = ["Jane Moore", "red lamp", "old desk", "new shade", "blue chair"]
    assert judge(short, tools=tools) == judge(short)


def test_the_label_says_so_and_shows_no_value(model: str) -> None:
    (label,) = classify(Field("c7", "t"), TEXTS, Tools(ner_model=model))
    assert label.category == "user.name"
    assert label.confidence <= 0.6
    assert "Jane" not in repr(label)


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ner.ModelUnavailable, match="no installed spaCy model"):
        ner.load("no_such_model")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import spacy

        spacy.blank("en").to_disk(tmp_path / "blank")
    with pytest.raises(ner.ModelUnavailable, match="no part 'ner'"):
        ner.load(str(tmp_path / "blank"))


def test_without_spacy_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(ner.ModelUnavailable, match=r"\[ner\]"):
        ner.load("some_other_model")
