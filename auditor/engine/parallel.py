"""Telemetry read and counted in several processes, with the same result and the same report as in one."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import pyarrow.ipc

from auditor.engine import worker
from auditor.engine.buckets import Part, groups
from auditor.engine.digests import digests
from auditor.engine.kernel import Limits
from auditor.engine.pool import Pool, pool
from auditor.engine.shares import inputs_of, report_of, shares
from auditor.engine.worker import CountTask, ReadTask, Taken
from auditor.telemetry.pieces import Piece, PieceReport
from auditor.telemetry.read import Columns, Progress, Source, check
from auditor.telemetry.report import ReadReport
from auditor.telemetry.shelf import Shelf
from auditor.telemetry.spans import ROW
from lineage.merge import total
from lineage.system import SystemModel

_WORTH = 32 << 20  # stored bytes: below, a process of its own costs more than it saves
_DUCKDB_MEMORY = 400 << 20  # bytes in each process; what needs more goes through the temporary folder

Reading = tuple[ReadReport | PieceReport, Sequence[Part]]


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def worth_it(sources: Sequence[Source], jobs: int | None) -> bool:
    """Whether several processes are wanted, and have enough to do. Standard input is read here."""
    is_enough = sum(source.size for source in sources) >= _WORTH
    return (jobs or processors()) > 1 and is_enough and all(source.file is not None for source in sources)


def count_in_processes(
    paths: Sequence[str],
    sources: Sequence[Source],
    report: ReadReport,
    progress: Progress | None,
    columns: Columns | None,
    jobs: int | None,
) -> SystemModel:
    """Read and count `sources` in `jobs` processes. Raises InputError, as reading in one does."""
    size = sum(source.size for source in sources)
    bytes_read = multiprocessing.get_context("spawn").Value("q", 0)

    def tick() -> None:
        if progress is not None:
            progress(min(bytes_read.value, size), size)

    with tempfile.TemporaryDirectory(prefix="auditor-") as name:
        folder = Path(name)
        state = (folder, columns, bytes_read, Limits(folder, 1, _DUCKDB_MEMORY))
        jobs = jobs or processors()
        with pool(jobs, worker.__name__, worker.start, state, tick) as workers:
            parts = _read(workers, sources, folder, report)
            tick()
            check(report, paths)
            tasks = [CountTask(tuple(parts), buckets) for buckets in groups(parts, jobs)]
            return total(workers.results(worker.count, tasks))


def _read(workers: Pool, sources: Sequence[Source], folder: Path, report: ReadReport) -> list[Part]:
    """The parts of all sources; their rows go to a file."""
    rows = Shelf()
    plan = [(source, inputs_of(source)) for source in sources]
    every = list(chain.from_iterable(inputs for _, inputs in plan))
    tasks = [ReadTask(f"part{share.start}", tuple(every[share.start : share.stop])) for share in shares(every)]
    split = [source.file for source, inputs in plan if isinstance(inputs[0], Piece) and source.file]
    parts: list[Part] = []
    readings = _readings(workers.results(worker.read, tasks), rows)
    with digests(split) as digest:
        for number, (source, inputs) in enumerate(plan):
            own = [next(readings) for _ in inputs]
            pieces = [one for one, _ in own if isinstance(one, PieceReport)]
            if pieces and not all(piece.whole for piece in pieces):
                next(digest)
                again = workers.results(worker.read, [ReadTask(f"again{number}", (source,))])
                own = list(_readings(again, rows))
            elif pieces:
                report.add(report_of(source, pieces, next(digest)))
            for one, found in own:
                if isinstance(one, ReadReport):
                    report.add(one)
                parts += found
    with pyarrow.ipc.new_file(str(folder / worker.ROWS), ROW) as writer:
        writer.write_table(rows.table)
    return parts


def _readings(taken: Iterable[Taken], rows: Shelf) -> Iterator[Reading]:
    """The report on each input, with the parts that came of its task; `rows` takes the rows."""
    for one in taken:
        for batch in one.rows:
            rows.put(batch)
        yield one.reports[0], one.parts
        yield from ((report, ()) for report in one.reports[1:])
