"""Runs the command line as a user would: another process, another folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CLINIC = Path("examples/clinic").resolve()
CAPTURE = CLINIC / "capture"


def auditor(*arguments: str, folder: Path, input: str | None = None) -> subprocess.CompletedProcess[str]:
    """`auditor ARGUMENTS` in `folder`; never raises on its exit code."""
    command = [sys.executable, "-c", "from auditor.cli import main; main()", *arguments]
    environment = os.environ | {"PYTHONSAFEPATH": "1", "PYTHONWARNINGS": "default", "COLUMNS": "120"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, input=input, timeout=120
    )
