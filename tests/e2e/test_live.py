"""`auditor serve --store` from outside: telemetry over HTTP in, the audit that a scan of the same would make out."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import CAPTURE, auditor
from tests.support.live import clinic_now, running

SCHEMA = ("--schema", str(CAPTURE))
# What a scan tells of how it read: which files, and what of them it read when.
OF_READING = ("inputs",)


@pytest.fixture(scope="module")
def requests() -> list[str]:
    return clinic_now()


def scanned(folder: Path, requests: list[str]) -> Any:
    """The audit that `auditor scan` makes of these requests in a file."""
    (folder / "traces.jsonl").write_text("\n".join(requests))
    ran = auditor("scan", "traces.jsonl", *SCHEMA, "--out", "scanned", "--quiet", folder=folder)
    assert ran.returncode == 0, ran.stderr
    return comparable(json.loads((folder / "scanned" / "audit.json").read_text()))


def comparable(audit: Any) -> Any:
    """An audit without what it tells of reading."""
    for name in OF_READING:
        audit["scope"].pop(name)
    return audit


def test_all_sent_three_times_in_any_order_is_what_a_scan_says(tmp_path: Path, requests: list[str]) -> None:
    thrice = random.sample(requests * 3, 3 * len(requests))
    with running(tmp_path, *SCHEMA) as live:
        for request in thrice:
            live.send(request)
        expected = scanned(tmp_path, requests)
        live.until(lambda: comparable(live.json("/api/v1/audit")) == expected)
        live.stop()
