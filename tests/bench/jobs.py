"""One process against several, from bytes to the system model: python -m tests.bench.jobs FOLDER [RUNS] [JOBS].

FOLDER holds `pb/*.pb`. Processor time and memory are those of all processes together, start-up included; wall time is
that of reading and counting alone. Runs alternate, so that what else the machine does meets both.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path

from tests.bench.processes import Used, run


def main(folder: str, runs: str = "3", jobs: str = "") -> None:
    """Measure in turn, `runs` times, and print the medians."""
    many = int(jobs or os.cpu_count() or 2)
    used: dict[int, list[Used]] = {1: [], many: []}
    for _ in range(int(runs)):
        for number, found in used.items():
            found.append(run([sys.executable, "-m", "tests.bench.jobs", folder, "--count", str(number)]))
    if len({one.output.split()[1] for found in used.values() for one in found}) > 1:
        sys.exit("the models differ")
    walls = {}
    for number, found in used.items():
        walls[number] = statistics.median(float(one.output.split()[2]) for one in found)
        seconds = statistics.median(one.seconds for one in found)
        peak = max(one.peak for one in found)
        print(f"{found[0].output.split()[0]} spans, {number} processes: ", end="")
        print(f"{walls[number]:7.1f} s, of all processors {seconds:7.1f} s, {peak:6.0f} MiB at the peak")
    print(f"{many} processes against one: {walls[1] / walls[many]:.2f}x")


def count(folder: str, jobs: str) -> None:
    """Read and count; print spans, a digest of the model and seconds."""
    import hashlib

    from auditor.engine.local import count_inputs
    from auditor.telemetry.report import ReadReport

    files = [str(file) for file in sorted(Path(folder, "pb").glob("*.pb"))]
    start = time.perf_counter()
    model = count_inputs(files, ReadReport(), None, None, int(jobs))
    digest = hashlib.sha256(repr(model).encode()).hexdigest()[:16]
    print(model.spans, digest, time.perf_counter() - start)


if __name__ == "__main__":
    if "--count" in sys.argv:
        count(sys.argv[1], sys.argv[3])
    else:
        main(*sys.argv[1:])
