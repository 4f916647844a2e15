"""Writes the pages that the browser looks at: python -m tests.browser.make_pages FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from lineage.audit import Audit
from reports.audit_json import loads
from reports.html import render
from tests.reports.conftest import HERE, poisoned
from tests.reports.test_html import PAYLOADS
from tests.reports.test_size import page as large_page

BREAKS_TEXT = "\u202e\u2066 right to left"


def main(folder: str) -> None:
    """sample.html: a small shop; hostile.html: the same with every payload in every name; large.html: 200 services."""
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    sample = loads((HERE / "sample_audit.json").read_bytes())
    hostile = poisoned(sample, Audit, "".join(PAYLOADS) + BREAKS_TEXT, {"format"})
    long = poisoned(sample, Audit, "x" * 10_000, {"format", "id", "flows", "via", "statements"})
    pages = {"sample": render(sample), "hostile": render(hostile), "long": render(long), "large": large_page()}
    for name, text in pages.items():
        (out / f"{name}.html").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
