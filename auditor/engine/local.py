"""The local engine: telemetry in, system model out, in one process or in several, in bounded memory.

Another engine needs the same three: `telemetry.read` (files to span batches), `buckets` (spans and links divided by
trace) and `kernel` (the spans of some buckets to a model); models add up.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from auditor.engine.buckets import Gathered, groups, read_buckets
from auditor.engine.kernel import Limits, count_traces
from auditor.engine.parallel import count_in_processes, worth_it
from auditor.telemetry.inputs import read_inputs
from auditor.telemetry.read import Columns, Progress, find_sources, read_spans
from auditor.telemetry.report import ReadReport
from auditor.telemetry.spans import LINK, SPAN, SpanBatch
from auditor.telemetry.trace_stores.question import Question
from lineage.merge import total
from lineage.system import SystemModel

_IN_MEMORY = 1_500_000  # spans


def count_spans(batches: Iterable[SpanBatch]) -> SystemModel:
    """Count span batches into a system model that others can be added to (`lineage.merge.add`).

    Duplicate spans count once, whatever file they came from. Beyond one and a half million they go through the system's
    temporary folder, redacted as they are, and are counted bucket by bucket.
    """
    with tempfile.TemporaryDirectory(prefix="auditor-") as name:
        folder = Path(name)
        gathered = Gathered(folder, "spans", _IN_MEMORY)
        for batch in batches:
            gathered.add(batch)
        limits = Limits(folder)
        if not gathered.parts:
            return count_traces(gathered.spans(), gathered.links(), gathered.rows(), limits)
        gathered.write()
        rows = gathered.rows()
        return total(
            count_traces(
                read_buckets((part.spans for part in gathered.parts), buckets, SPAN),
                read_buckets((part.links for part in gathered.parts), buckets, LINK),
                rows,
                limits,
            )
            for buckets in groups(gathered.parts)
        )


def count_inputs(
    paths: Sequence[str],
    report: ReadReport,
    progress: Progress | None = None,
    columns: Columns | None = None,
    jobs: int | None = None,
    question: Question | None = None,
) -> SystemModel:
    """Read and count files, folders, `-` and stores of traces, as `telemetry.inputs.read_inputs` and `count_spans` do.

    In `jobs` processes, by default as many as there are processors, where there are files and enough to read; stores
    are asked the `question` by this process. Raises InputError.
    """
    if any("://" in path for path in paths):
        return count_spans(read_inputs(paths, report, progress, columns, question))
    sources = find_sources(paths)
    if worth_it(sources, jobs):
        return count_in_processes(paths, sources, report, progress, columns, jobs)
    return count_spans(read_spans(paths, report, progress, columns))
