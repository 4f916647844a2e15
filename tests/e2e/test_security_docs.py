"""The table of docs/security.md names tests that are there, and every item that it promises."""

from __future__ import annotations

import re
from pathlib import Path

TEXT = Path("docs/security.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))
ITEMS = """
1.2.1 1.2.2 1.2.3 1.2.4 1.2.10 1.3.5 1.3.6 1.3.12 1.5.1 1.5.2 1.5.3 2.2.1 2.4.1 3.2.1 3.2.2 3.4.1 3.4.2 3.4.3
3.4.4 3.4.6 3.4.8 4.1.1 4.1.4 4.3.1 5.2.1 5.2.2 5.2.3 5.3.2 5.3.3 8.2.1 8.2.2 8.2.3 8.3.1 12.1.1 12.2.1 13.2.4
13.2.5 13.3.1 13.4.2 13.4.5 13.4.6 14.1.1 14.1.2 14.2.1 14.2.4 14.2.6 14.2.7 14.3.2 15.1.2 15.1.3 15.2.2
15.3.2 16.2.5 16.3.1 16.3.2 16.3.3 16.4.1 16.5.1 16.5.3
""".split()


def test_every_test_that_is_named_is_there() -> None:
    assert len(NAMED) > 40
    missing = [f"{file}::{name}" for file, name in NAMED if f"def {name}(" not in Path(file).read_text()]
    assert missing == []


def test_every_item_has_a_row() -> None:
    rows = [line.split("|")[1] for line in TEXT.splitlines() if re.match(r"\| \d", line)]
    found = {item for row in rows for item in re.findall(r"[\d.]+\d", row)}
    assert set(ITEMS) <= found
