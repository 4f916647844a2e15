"""Wall time, peak memory and spans per second of `auditor scan`: python -m tests.bench.scan INPUT [SCHEMA] [RUNS]."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main(source: str, schema: str = "", runs: str = "3") -> None:
    """Print one line a run and the median: each is a whole process, start-up and report included."""
    seconds = []
    for _ in range(int(runs)):
        with tempfile.TemporaryDirectory() as folder:
            arguments = ["scan", source, "--out", folder, "--quiet", *(["--schema", schema] if schema else [])]
            start = time.perf_counter()
            process = subprocess.Popen([sys.executable, "-c", "from auditor.cli import main; main()", *arguments])
            _, status, usage = os.wait4(process.pid, 0)
            seconds.append(time.perf_counter() - start)
            if status:
                sys.exit(f"auditor scan ended with {os.waitstatus_to_exitcode(status)}")
            spans = json.loads((Path(folder) / "audit.json").read_text())["scope"]["spans"]
        memory = usage.ru_maxrss / 1024
        print(f"{seconds[-1]:.2f} s wall  {memory:.0f} MiB peak  {spans} spans  {spans / seconds[-1]:.0f} spans/s")
    print(f"median {sorted(seconds)[len(seconds) // 2]:.2f} s wall over {len(seconds)} runs")


if __name__ == "__main__":
    main(*sys.argv[1:])
