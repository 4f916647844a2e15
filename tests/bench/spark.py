"""The engine inside Spark beside the local one, on the same files: CPU time, temporary disk, and whether they agree.

python -m tests.bench.spark INPUT... [--master local[2]]
CPU time is that of all processes, Java and Python; the start of Spark is measured on a file of one span and taken off.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from auditor.engine.local import count_inputs as count_here
from auditor.engine.spark.cluster import Cluster
from auditor.engine.spark.entry import count_in
from auditor.telemetry.report import ReadReport
from lineage.system import SystemModel
from tests.support.otlp import protobuf, request, span

Result = TypeVar("Result")
_TICKS = os.sysconf("SC_CLK_TCK")


class Watch:
    """Looks at the processes below this one, and at a folder, twice a second: those that end are not forgotten."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[int, float] = {os.getpid(): 0.0}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.most_disk = 0

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.5):
            self.cpu()
            files = (Path(at, name) for at, _, names in os.walk(self._folder) for name in names)
            self.most_disk = max(self.most_disk, sum(map(_size, files)))

    def cpu(self) -> float:
        """CPU seconds of this process and all below it so far, ended ones as they were last seen."""
        found: dict[int, tuple[int, float]] = {}
        for file in Path("/proc").glob("[0-9]*/stat"):
            try:
                pid, _, rest = file.read_text().partition(" ")
            except OSError:
                continue
            fields = rest.rpartition(")")[2].split()
            found[int(pid)] = int(fields[1]), sum(map(int, fields[11:13])) / _TICKS
        ours = {pid for pid in self._seen if pid in found}
        while more := {pid for pid, (parent, _) in found.items() if parent in ours} - ours:
            ours |= more
        self._seen |= {pid: found[pid][1] for pid in ours}
        return sum(self._seen.values())

    def timed(self, function: Callable[[], Result], name: str) -> tuple[Result, float]:
        """The result, and the CPU seconds it took."""
        cpu_before, before = self.cpu(), time.monotonic()
        result = function()
        spent = self.cpu() - cpu_before
        print(f"{name:16} {spent:8.1f} s CPU {time.monotonic() - before:8.1f} s wall", flush=True)
        return result, spent


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # gone meanwhile
        return 0


def main() -> None:
    """Print figures per span."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("inputs", nargs="+")
    parser.add_argument("--master", default="local[2]")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Watch(Path(name)) as watch:
        cluster = Cluster(arguments.master, (("spark.local.dir", name),))
        tiny = Path(name, "tiny.pb")
        tiny.write_bytes(protobuf(request(span(1, "server", "GET /health"))))

        def spark(paths: list[str]) -> tuple[SystemModel, ReadReport]:
            report = ReadReport()
            return count_in(cluster, paths, report, None, None), report

        def local() -> tuple[SystemModel, ReadReport]:
            report = ReadReport()
            return count_here(arguments.inputs, report, jobs=1), report

        here, spent_here = watch.timed(local, "local, 1 process")
        watch.timed(lambda: spark([str(tiny)]), "Spark, cold")
        _, start = watch.timed(lambda: spark([str(tiny)]), "Spark, one span")
        there, spent = watch.timed(lambda: spark(arguments.inputs), "Spark")
    spans = here[0].spans
    print(f"{spans:,} spans; the same model and report: {here == there}")
    print(f"local {spent_here / spans * 1e6:.1f} us a span, Spark {(spent - start) / spans * 1e6:.1f} us a span")
    print(f"temporary disk of Spark at most {watch.most_disk:,} bytes, {watch.most_disk / spans:.0f} a span")


if __name__ == "__main__":
    main()
