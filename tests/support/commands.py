"""Runs the command line as a user would, within this process: one start of the libraries serves all tests."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from auditor.cli import run

CLINIC = Path("examples/clinic").resolve()
CAPTURE = CLINIC / "capture"


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did."""

    returncode: int
    stdout: str
    stderr: str


def auditor(*arguments: str, folder: Path, input: str = "") -> Ran:
    """`auditor ARGUMENTS` in `folder`, with `input` on standard input."""
    out, err = io.StringIO(), io.StringIO()
    stdin = io.TextIOWrapper(io.BytesIO(input.encode()), encoding="utf-8")
    before = Path.cwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), mock.patch.object(sys, "stdin", stdin):
            code = run(list(arguments))
    finally:
        os.chdir(before)
    return Ran(code, out.getvalue(), err.getvalue())
