"""Stopped in the middle of reading: everything ends at once, and nothing stays behind."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.commands import CAPTURE

pytestmark = pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes under /proc")
ENOUGH = 120 << 20  # bytes that take longer to read than we wait


def test_an_interrupt_ends_all_processes_and_leaves_no_file(tmp_path: Path) -> None:
    once = gzip.decompress((CAPTURE / "traces.otlp.pb.gz").read_bytes())
    (tmp_path / "many.pb").write_bytes(once * (ENOUGH // len(once)))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    command = [sys.executable, "-m", "auditor", "scan", "many.pb", "--jobs", "2"]
    environment = os.environ | {"TMPDIR": str(temporary), "PYTHONPATH": os.getcwd()}
    run = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_for(lambda: run.poll() is not None or len(processes_of(run.pid)) > 3)  # the workers are there
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does
    _, errors = run.communicate(timeout=30)
    assert (run.returncode, errors) == (2, "auditor: stopped before it was done: nothing was decided\n")
    assert list(temporary.iterdir()) == []
    wait_for(lambda: not processes_of(run.pid))
    assert not (tmp_path / "out").exists()


def wait_for(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


def processes_of(session: int) -> list[int]:
    """The processes of a session."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(folder.name))
    return found
