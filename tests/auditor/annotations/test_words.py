"""A team's own words and classifiers beside the machine's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from auditor.annotations.merge import merged
from auditor.annotations.plugins import Classifier, Plugin, installed, plugin_labels
from auditor.annotations.words import word_labels
from auditor.config import Config, load_config
from auditor.errors import ConfigError
from auditor.labels import label_catalog
from classifiers.model import Facet, Field, Label
from lineage.tables import CatalogTable, Column

TEXT = """
[[words]]
words = ["member card", "kundenkarte"]
category = "user.unique_id"
confidence = 0.8
"""


def load(folder: Path, text: str) -> tuple[object, ...]:
    (folder / "auditor.toml").write_text(text)
    return load_config(str(folder / "auditor.toml")).words


@pytest.mark.parametrize(
    "name", ["member_card", "memberCardNo", "old-member-card", "holder.member_card", "Kundenkarte"]
)
def test_words_are_found_in_names_however_written(tmp_path: Path, name: str) -> None:
    (tmp_path / "auditor.toml").write_text(TEXT)
    words = load_config(str(tmp_path / "auditor.toml")).words
    (label,) = word_labels(words, Field(name, "orders"))
    assert (label.category, label.facet, label.confidence) == ("user.unique_id", "identifier", 0.8)
    assert "auditor.toml line 2 [[words]]" in label.evidence[0]


@pytest.mark.parametrize("name", ["card_member", "member", "discard", "member_card.colour", ""])
def test_other_names_are_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / "auditor.toml").write_text(TEXT)
    assert not list(word_labels(load_config(str(tmp_path / "auditor.toml")).words, Field(name, "orders")))


def test_mistakes_in_words(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(
            tmp_path, '[[words]]\nwords = ["", 3]\ncategory = "none"\nconfidence = true\nx = 1\n[[words]]\nwords = []\n'
        )
    for told in (
        "line 1 [[words]]: 'words'",
        "unknown category 'none'",
        "'confidence'",
        "'x'",
        "line 6 [[words]]: 'category'",
    ):
        assert told in str(caught.value)


def label(category: str, confidence: float, why: str = "a", facet: Facet = "personal") -> Label:
    return Label(category, facet, confidence, (why,))


def test_agreement_raises_a_label_and_only_a_decision_is_certain() -> None:
    (both,) = merged([label("user.name", 0.6)], [label("user.name", 0.5, "b")])
    assert both == Label("user.name", "personal", 0.8, ("a", "b"))
    (high,) = merged([label("user.name", 0.98)], [label("user.name", 0.97, "b")])
    assert high.confidence == 0.99
    assert merged([label("user.name", 1.0)], [label("user.name", 0.9)])[0].confidence == 1.0


def test_what_differs_stands_beside_best_first() -> None:
    found = merged([label("user.name", 0.6)], [label("user", 0.97), label("user.name", 0.9, facet="content")])
    assert [(one.category, one.facet) for one in found] == [
        ("user", "personal"),
        ("user.name", "content"),
        ("user.name", "personal"),
    ]


CODE = """
from classifiers.model import Label

def loyalty(field):
    if field.name.lower().startswith("zz_"):
        yield Label("user.unique_id", "identifier", 0.9, ("columns of the loyalty system begin with zz_",))
"""


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """A package as pip would lay it out, found by its metadata."""
    (folder / "our_classifiers_of_tests.py").write_text(CODE)
    metadata = folder / "our_classifiers-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: our-classifiers\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[auditor.classifiers]\nloyalty = {value}\n")
    monkeypatch.syspath_prepend(str(folder))
    installed.cache_clear()


@pytest.fixture(autouse=True)
def _forget_installed() -> Iterator[None]:
    yield
    installed.cache_clear()


def test_installed_classifiers_label_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, "our_classifiers_of_tests:loyalty")
    table = CatalogTable("db", "orders", (Column("ZZ_7"), Column("total", "numeric")), True)
    fields = {field.column: field.labels for field in label_catalog([table], Config()).fields}
    why = "columns of the loyalty system begin with zz_ (classifier loyalty)"
    assert fields == {"ZZ_7": (Label("user.unique_id", "identifier", 0.9, (why,)),), "total": ()}


@pytest.mark.parametrize(
    "value", ["no_such_module_of_ours:f", "our_classifiers_of_tests:Label.category", "json:__name__"]
)
def test_a_classifier_that_cannot_be_used_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    install(tmp_path, monkeypatch, value)
    with pytest.raises(ConfigError, match="classifier 'loyalty'"):
        label_catalog([CatalogTable("db", "t", (Column("c"),), True)], Config())


def failing(field: Field) -> Iterable[Label]:
    raise KeyError("hunter2")


@pytest.mark.parametrize(
    ("classifier", "told"),
    [
        (failing, r"'mine' failed \(KeyError\)"),
        (lambda field: 3, r"'mine' failed \(TypeError\)"),
        (lambda field: ["user.name"], "no Label"),
        (lambda field: [label("animal.name", 0.5)], "unknown category"),
        (lambda field: [label("user.name", 7)], "unknown category, facet or confidence"),
    ],
)
def test_a_classifier_that_misbehaves_is_named_and_not_quoted(classifier: Classifier, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        plugin_labels([Plugin("mine", classifier)], Field("x"))
    assert "hunter2" not in str(caught.value)
    assert caught.value.__context__ is None or caught.value.__suppress_context__
