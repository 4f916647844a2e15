"""Receivers in processes of their own, and what lies in their journals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from auditor.intake.batches import unpacked
from auditor.intake.journal import read_entries
from auditor.telemetry.ids import span_text, trace_text
from auditor.telemetry.spans import SpanBatch

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Receiver:
    """A running receiver."""

    process: subprocess.Popen[str]
    pid: int  # of the receiver itself, whatever runs it
    http: int
    grpc: int

    def kill(self) -> None:
        """As a crash would."""
        os.kill(self.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """As a service manager would; the exit code."""
        os.kill(self.pid, signal.SIGTERM)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
            raise


def start(folder: Path, *options: str, under: tuple[str, ...] = ()) -> Receiver:
    """Start a receiver into `folder` and wait until it listens; `under` is a command that runs it."""
    command = [*under, sys.executable, "-m", "tests.support.receiver", str(folder), *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    with process.stdout as output:
        ports = json.loads(output.readline())
    return Receiver(process, ports["pid"], ports["http"], ports.get("grpc", 0))


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Receiver]:
    """A receiver that is stopped at the end."""
    receiver = start(folder, *options)
    try:
        yield receiver
    finally:
        receiver.stop()


def spans_in(folder: Path) -> list[tuple[str, str]]:
    """(trace id, span id) of all spans in a journal, in hex digits."""
    return [
        (trace_text(row["trace_high"], row["trace_low"]), span_text(row["span_id"]))
        for batch in batches_in(folder)
        for row in batch.spans.to_pylist()
    ]


def batches_in(folder: Path) -> Iterator[SpanBatch]:
    """The batches of spans in a journal."""
    return (unpacked(entry.body) for entry in read_entries(folder) if entry.content == "spans")
