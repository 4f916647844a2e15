"""Golden files: what a renderer wrote when a person last looked at it."""

from __future__ import annotations

import os
from pathlib import Path


def check_golden(text: str, file: Path) -> None:
    """Compare with the file's bytes; `REFRESH_GOLDEN=1` writes it anew, to be reviewed as a change."""
    if os.environ.get("REFRESH_GOLDEN"):
        file.write_bytes(text.encode())
    assert text.encode() == file.read_bytes()
