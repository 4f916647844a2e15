"""docs/report.md says what is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from auditor.declarations import read_declarations
from auditor.outsiders import read_outsiders
from lineage.declarations import NOTHING
from reports.audit_json import loads
from reports.documents.all import CSV
from reports.documents.cells import MARKS
from reports.edges import MAX_LINES, MAX_PARTIES

TEXT = Path("docs/report.md").read_text(encoding="utf-8")


def test_the_example_of_declarations_is_read_without_a_mistake() -> None:
    block = re.search(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert block is not None
    data = tomllib.loads(block[1])
    said, mistakes = read_declarations(data, block[1])
    assert mistakes + read_outsiders(data, block[1])[1] == []
    assert said != NOTHING
    assert said.transfers[0].covers("api.llm.example")


def test_every_document_and_every_word_is_told() -> None:
    for format_ in CSV:
        assert f"`{format_}`" in TEXT
    for word, _ in MARKS.values():
        assert f"| {word} |" in TEXT
    assert f"{MAX_PARTIES} parties or {MAX_LINES} lines" in TEXT


def test_its_pictures_are_there_and_small() -> None:
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", TEXT)
    assert len(pictures) >= 5
    assert all((Path("docs") / picture).stat().st_size < 300_000 for picture in pictures)


def test_an_audit_of_before_declarations_is_still_read() -> None:
    text = Path("tests/reports/sample_audit.json").read_text()
    kept = [line for line in text.splitlines() if not line.startswith(' "declarations"')]
    audit = loads("\n".join(kept))
    assert audit.declarations == NOTHING
