"""The measure of memory that the fuzzers judge by."""

from __future__ import annotations

import subprocess
import sys

from tests.support.memory import peak_bytes

PROGRAM = "from tests.support.memory import peak_bytes; print(peak_bytes())"


def test_a_process_does_not_answer_for_the_one_that_started_it() -> None:
    ballast = bytearray(b"x" * (256 << 20))
    child = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert 1 << 20 < int(child.stdout) < len(ballast) < peak_bytes()
