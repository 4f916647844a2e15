"""JSON and YAML with lines, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.schemas import document
from auditor.schemas.document import Items, Object, Unreadable, read_document

JSON = st.recursive(
    st.none() | st.booleans() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def test_what_is_under_a_key_has_the_line_of_the_key() -> None:
    yaml = read_document(b"a: 1\nb:\n  c:\n    - x\n    -\n      d: yes\n")
    assert (yaml["b"].line, yaml["b"]["c"].line, yaml["b"]["c"][1].line) == (2, 3, 6)
    json = read_document(b'{"a": 1,\n "b":\n {"c": ["x",\n {"d": true}]}}')
    assert (json["b"].line, json["b"]["c"].line, json["b"]["c"][1].line) == (2, 3, 4)


def test_scalars() -> None:
    assert read_document(b'a: 3.1\nb: "true"\nc: true\nd: null\ntrue: ~\n') == {
        "a": "3.1",
        "b": "true",
        "c": True,
        "d": None,
        "true": None,
    }
    assert read_document(b'{"a": 1.50, "b": "x\\ny", "c": false}') == {"a": "1.50", "b": "x\ny", "c": False}


@settings(deadline=None)
@given(JSON.filter(lambda value: isinstance(value, list | dict)))
def test_json_is_what_the_library_says(value: Any) -> None:
    import json

    assert read_document(json.dumps(value).encode()) == value
    assert read_document(json.dumps(value, indent=1, ensure_ascii=False).encode("utf-8", "replace")) is not None


def test_long_numbers_and_halves_of_surrogates() -> None:
    assert read_document(b'{"a": ' + b"9" * 10_000 + b"}") == {"a": "9" * 10_000}
    read_document(rb'{"\ud800": "\ud83d\ude00"}')["\ufffd"].encode()


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        ('{"a": 1,\n"b" 2}', "is not JSON", 2),
        ("a: 1\nb: [\n", "is not YAML", 3),
        ("a: b: c\n", "is not YAML", 1),
        ("a: &x\n  b: *x\n", "has an alias to what it stands in", 2),
        ("{" * 3 + '"a": ' + "[" * 200, "is not JSON", 1),
        ('{"a": ' + "[" * 200 + "]" * 200 + "}", "is nested deeper than 100", 1),
        ('{"a": ' + "[" * 90_000 + "]" * 90_000 + "}", "is nested deeper than 100", 0),
        ("a: " + "[" * 200, "is nested deeper than 100", 1),
    ],
)
def test_what_is_broken_or_refused(text: str, what: str, line: int) -> None:
    with pytest.raises(Unreadable) as caught:
        read_document(text.encode())
    assert (str(caught.value), caught.value.line) == (what, line)


def test_size_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(document.LARGEST, "YAML", 1 << 20)
    with pytest.raises(Unreadable, match="is larger than 1 MiB"):
        read_document(b"a: " + b"x" * (1 << 20))
    monkeypatch.setattr(document, "_MOST_NODES", 3)
    with pytest.raises(Unreadable, match="holds more than 3 values"):
        read_document(b"[1, 2, 3]")


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab:-[]{}&*<!|>\"'#,?%@\n \t\\", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        value = read_document(text.encode())
    except Unreadable:
        return
    assert value is None or isinstance(value, Object | Items | str | bool)
