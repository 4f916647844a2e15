"""Reads what a test writes, and finds the captures when they are there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.telemetry.report import ReadReport
from tests.support.reading import Rows, rows_of


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Rows]:
    """Writes a document (bytes, text or a JSON value) to a file and reads it."""

    def write_and_read(document: Any, report: ReadReport | None = None) -> Rows:
        if not isinstance(document, bytes):
            document = (document if isinstance(document, str) else json.dumps(document)).encode()
        file = tmp_path / "input"
        file.write_bytes(document)
        return rows_of(file, report=report)

    return write_and_read


@pytest.fixture
def shared() -> Path:
    """The folder of captures that lies beside the repository on some machines."""
    folder = Path(__file__).parents[4] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared captures are not here (../shared)")
    return folder
