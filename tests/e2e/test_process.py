"""The installed command as a process of its own: exit codes, streams, nothing on standard error."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import CAPTURE

AUDITOR = str(Path(sys.executable).with_name("auditor"))


@pytest.mark.parametrize("packed", [True, False])
def test_scan_from_standard_input_and_check(tmp_path: Path, packed: bool) -> None:
    data = (CAPTURE / "traces.otlp.jsonl.gz").read_bytes()
    if not packed:
        import gzip

        data = gzip.decompress(data)
    env = os.environ | {"NO_COLOR": "1"}
    run = subprocess.run([AUDITOR, "scan", "-"], input=data, cwd=tmp_path, env=env, capture_output=True, timeout=120)
    assert (run.returncode, run.stderr) == (0, b"")
    assert b"\x1b" not in run.stdout
    run = subprocess.run([AUDITOR, "check", "--audit", "out"], cwd=tmp_path, capture_output=True, timeout=120)
    assert (run.returncode, run.stderr) == (1, b"")


def test_a_reader_that_goes_away_is_no_verdict(tmp_path: Path) -> None:
    command = f"'{AUDITOR}' sql --format jsonl - < many.jsonl | head -n 1"
    (tmp_path / "many.jsonl").write_text('{"id": 1, "sql": "SELECT a FROM t"}\n' * 3000)
    script = f"set -o pipefail; {command}"
    run = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert run.returncode in (0, 2)
    assert "Traceback" not in run.stderr
    assert run.stdout.count("\n") == 1


def test_the_command_starts_without_the_libraries_behind_an_audit() -> None:
    code = (
        "import sys, auditor.cli; sys.exit(str({'duckdb', 'numpy', 'pyarrow', 'multiprocessing'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert run.stderr == "set()\n"
