"""Every reader on mutated inputs: python -m tests.fuzz.readers [COUNT] [SEED] [READER].

Each child process reads a share of the inputs under a cap on its address space. It must end by itself, in time, and no
input may raise anything but InputError, or a message that repeats the input.
"""

from __future__ import annotations

import contextlib
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from auditor.errors import InputError
from tests.fuzz.inputs import CANARY, WHOLE, mutated
from tests.support.memory import peak_bytes

ADDRESS_SPACE = 6 << 30  # bytes; most of it is reserved by libraries and never touched
PEAK = 1 << 30  # bytes of memory that were in use at most
SHARE = 2_000  # inputs of one child
ALL = "all"
SECONDS = 20  # of CPU for the slowest single input; a child that waits is ended too


def main(count: str = "100000", seed: str = "1", only: str = "") -> None:
    """Read `count` mutated inputs, say for each reader how many, and fail at the first that does harm."""
    names = [name for name in WHOLE if only in name]
    share = -(-int(count) // len(names))
    for name in names:
        began, slowest, peak, refused = time.monotonic(), 0.0, 0, 0
        for first in range(0, share, SHARE):
            size = min(SHARE, share - first)
            found = child(name, f"{seed}-{first}", size)
            slowest, peak, refused = max(slowest, found[0]), max(peak, found[1]), refused + found[2]
        print(
            f"{name:22} {share:7,} inputs, {refused:7,} refused as a whole, slowest {slowest:5.2f} s of CPU, "
            f"peak {peak >> 20} MiB, {time.monotonic() - began:.0f} s",
            flush=True,
        )


def child(name: str, seed: str, count: int) -> tuple[float, int, int]:
    """(seconds of the slowest input, peak bytes, how many were refused as a whole), of one reader or of ALL in turn.

    Raises SystemExit when the child does harm.
    """
    command = [sys.executable, "-m", "tests.fuzz.readers", "--child", name, seed, str(count)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60 + count, check=False)
    if done.returncode:
        raise SystemExit(f"{name}, seed {seed}: exit code {done.returncode}\n{done.stderr[-3000:]}")
    slowest, peak, refused = done.stdout.split()
    return float(slowest), int(peak), int(refused)


def read_all(name: str, seed: str, count: int) -> None:
    """The work of a child."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    slowest, refused = 0.0, 0
    _load()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "input"
        for number in range(count):
            own = name if name in WHOLE else list(WHOLE)[number % len(WHOLE)]
            file.write_bytes(mutated(random.Random(f"{own}-{seed}-{number}"), WHOLE[own]))
            began = time.process_time()
            is_read, said = _told(own, file)
            slowest = max(slowest, time.process_time() - began)
            refused += not is_read
            assert CANARY not in str(said), f"input {number} is repeated"
            assert slowest < SECONDS, f"input {number} took {slowest:.0f} s"
    peak = peak_bytes()
    assert peak < PEAK, f"{peak >> 20} MiB"
    print(slowest, peak, refused)


def _load() -> None:
    """Imports are no part of what an input costs."""
    with contextlib.suppress(InputError):
        _told("otlp-json", Path("/dev/null"))


def _told(name: str, file: Path) -> tuple[bool, object]:
    """(whether anything of a file was read, what is told of it)."""
    from auditor.telemetry.digests import read_digests
    from auditor.telemetry.edges import read_edges
    from auditor.telemetry.read import ReadReport, read_spans

    report = ReadReport()
    try:
        if name == "statements":
            return True, read_digests([str(file)]).gaps
        if name.startswith("edges"):
            return True, read_edges([str(file)]).gaps
        for batch in read_spans([str(file)], report):
            for part in (batch.spans, batch.links, batch.rows):
                part.validate(full=True)
    except InputError as error:
        return False, error
    return True, (report.bad, report.skipped)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        read_all(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        with contextlib.suppress(KeyboardInterrupt):
            main(*sys.argv[1:])
