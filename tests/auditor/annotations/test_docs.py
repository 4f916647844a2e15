"""The examples of docs/fields.md work as they stand."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from auditor.annotations.datasets import read_annotations
from auditor.annotations.notes import comment_annotations
from auditor.annotations.plugins import Plugin, plugin_labels
from auditor.annotations.statements import statement_annotations
from auditor.config import load_config
from classifiers.classify import classify
from classifiers.model import Field
from lineage.sql.ddl import parse_ddl
from lineage.tables import CatalogTable

DOCS = Path(__file__).parents[3] / "docs" / "fields.md"


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCS.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", [text for text in examples("toml") if "entry-points" not in text])
def test_settings_load(text: str, tmp_path: Path) -> None:
    (tmp_path / "auditor.toml").write_text(text)
    config = load_config(str(tmp_path / "auditor.toml"))
    assert config.decisions or config.words or config.tools.recognisers or config.readings


def test_yaml_is_read() -> None:
    fides, dbt = (read_annotations(text, "d.yml") for text in examples("yaml"))
    assert fides
    assert dbt
    assert [annotation.column for annotation in fides] == ["ref"]
    assert [(a.column, a.categories) for a in dbt] == [
        ("ref", ("user.unique_id",)),
        ("nick", ("user",)),
        ("card", ("user",)),
        ("card", ("user.financial.credit_card",)),
    ]


def test_comments_are_read() -> None:
    text = examples("sql")[0]
    tables = "CREATE TABLE users (ref text, bio text);\nCREATE TABLE products (name text);\n"
    declared = parse_ddl(tables + text, "schema.sql").tables
    catalog = [CatalogTable("db", table.name, table.columns, True, source=table.source) for table in declared]
    assert {a.column: a.categories for a in comment_annotations(catalog)} == {
        "ref": ("user.unique_id",),
        "bio": ("user.content", "user.name"),
        "name": (),
    }


def test_statements_are_read() -> None:
    found = statement_annotations(examples("sql")[1], "schema.sql")
    assert [(a.table, a.column, a.categories) for a in found] == [
        ("users", "ref", ("user.unique_id",)),
        ("users", "bio", ("user",)),
        ("dbo.users", "nick", ("user.name",)),
    ]


def test_the_recognisers_recognise(tmp_path: Path) -> None:
    (text,) = [text for text in examples("toml") if "[[recognisers]]" in text]
    (tmp_path / "auditor.toml").write_text(text)
    tools = load_config(str(tmp_path / "auditor.toml")).tools

    def said(name: str, values: list[str]) -> list[str]:
        return [label.category for label in classify(Field(name), values, tools)]

    assert said("c1", ["LC-123456", "LC-654321"]) == ["user.unique_id.loyalty"]
    assert said("c1", ["A101", "D404", "B207"]) == []
    assert said("room", ["A101", "D404", "B207"]) == ["user.location"]
    assert said("c1", ["Otter House", "Beaver House"]) == ["user.demographic"]


def test_the_classifier_classifies() -> None:
    (code,) = examples("python")
    names: dict[str, Any] = {}
    exec(compile(code, "docs/fields.md", "exec"), names)
    plugin = Plugin("loyalty", names["loyalty"])
    (label,) = plugin_labels([plugin], Field("ZZ_ref"))
    assert label.category == "user.unique_id"
    assert plugin_labels([plugin], Field("ZZ_ref", type="boolean")) == ()


def test_the_entry_point_is_of_our_group() -> None:
    (text,) = [text for text in examples("toml") if "entry-points" in text]
    assert tomllib.loads(text)["project"]["entry-points"]["auditor.classifiers"] == {
        "loyalty": "our_classifiers:loyalty"
    }
