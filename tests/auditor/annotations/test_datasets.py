"""fides data sets and dbt properties, and YAML that must do no harm."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.annotations.datasets import read_annotations
from auditor.annotations.files import read_notes
from auditor.annotations.notes import Annotation
from auditor.annotations.tree import DEEPEST, LARGEST, read_tree

FIDES = """\
dataset:
  - fides_key: shop
    collections:
      - name: users
        fields:
          - name: login
            data_categories: [user.contact.email]
          - name: address
            fides_meta: {data_type: object}
            fields:
              - name: city
                data_categories:
                  - user.contact.address.city
          - name: id
"""
DBT = """\
version: 2
sources:
  - name: raw
    tables:
      - name: people
        identifier: stg_people
        columns:
          - {name: nick, meta: {pii: true}}
models:
  - name: customers
    columns:
      - name: ref
        description: "the card. privacy: user.financial"
      - name: total
        config:
          meta: {contains_pii: "no"}
      - name: tagged
        tags: [daily, PII, "fides: user.name"]
      - name: listed
        meta:
          data_categories: [user.name, user.contact.email]
"""


def said(text: str, **options: str) -> dict[str, list[tuple[tuple[str, ...], int, str]]]:
    result: dict[str, list[tuple[tuple[str, ...], int, str]]] = {}
    for a in read_annotations(text, "d.yml", **options) or ():
        result.setdefault(f"{a.table}.{a.column}", []).append((a.categories, a.line, a.form))
    return result


def test_fides_data_set() -> None:
    assert said(FIDES) == {
        "users.login": [(("user.contact.email",), 7, "fides data_categories")],
        "users.address.city": [(("user.contact.address.city",), 13, "fides data_categories")],
    }


def test_dbt_properties() -> None:
    assert said(DBT) == {
        "stg_people.nick": [(("user",), 8, "dbt meta pii")],
        "customers.ref": [(("user.financial",), 13, "dbt description")],
        "customers.total": [((), 16, "dbt meta contains_pii")],
        "customers.tagged": [(("user",), 18, "dbt tag"), (("user.name",), 18, "dbt tag")],
        "customers.listed": [(("user.name", "user.contact.email"), 21, "dbt meta data_categories")],
    }


def test_a_store_binds_a_file() -> None:
    found = read_annotations(FIDES, "d.yml", "shop-db")
    assert found
    assert {annotation.store for annotation in found} == {"shop-db"}
    assert isinstance(found[0], Annotation)


@pytest.mark.parametrize(
    "text", ["services:\n  web: {image: x}\n", "", "- 1\n", "models: 3\n", "dataset: [1, {a: b}]\n"]
)
def test_other_yaml_describes_no_data(text: str) -> None:
    assert read_annotations(text, "d.yml") is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("models: &a [1]\nb: *a\n", "uses an alias (line 2)"),
        ("models:\n  " + "[" * 100, f"is nested deeper than {DEEPEST} (line 2)"),
        ("models:\n  " + "[" * 100_000, "(line 2)"),
        ('models: "hunter2\n  b', "is not YAML (line 2)"),
        ("models: \x00hunter2", "is not YAML"),
        ("models: hunter2" + " " * LARGEST, "is larger than 1 MiB"),
    ],
)
def test_harmful_yaml_is_refused_quickly_and_not_quoted(text: str, why: str) -> None:
    start = time.perf_counter()
    notes = read_notes(text.encode(), "d.yml")
    assert time.perf_counter() - start < 5
    assert notes is not None
    assert [gap.kind for gap in notes.gaps] == ["unread_annotation"]
    assert why in notes.gaps[0].where
    assert "hunter2" not in str(notes)


def test_tags_make_no_objects(tmp_path: Path) -> None:
    target = tmp_path / "made"
    (root,) = read_tree(f'a: !!python/object/apply:os.mkdir ["{target}"]\n')
    assert root.get("a").items[0].text == str(target)
    assert not target.exists()


def test_a_file_about_something_else_is_left_alone() -> None:
    assert read_notes(b"services:\n  web: &x {image: y}\n  api: *x\n", "compose.yml") is None
    found = read_notes(b"\xef\xbb\xbf" + FIDES.encode(), "d.yml")
    assert found is not None
    assert len(found.annotations) == 2


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="models:dtac- \n[]{}&*!|>'\"\\#,%x\x00é", max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    notes = read_notes(f"models:\n{text}".encode(), "d.yml")
    for gap in notes.gaps if notes else ():
        assert re.fullmatch(r"d\.yml (is|uses) [\w ,.()]+", gap.where)
