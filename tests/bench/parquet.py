"""Parquet of the Collector's table of spans against OTLP protobuf: python -m tests.bench.parquet FOLDER [RUNS].

FOLDER holds the same spans as `parquet/*.parquet` and `pb/*.pb`. Every figure is the CPU time of a process of its own,
start-up not counted, all that must be learned of the values counted.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.support import otel_table
from tests.support.memory import peak_bytes

MEASURED = ("arrow", "columns", "parquet", "protobuf")


def main(folder: str, runs: str = "5") -> None:
    """Measure all in turn, `runs` times, and print the medians."""
    seconds: dict[str, list[float]] = {name: [] for name in MEASURED}
    spans, memory = 0, dict.fromkeys(MEASURED, 0.0)
    for _ in range(int(runs)):
        for name in MEASURED:
            command = [sys.executable, "-m", "tests.bench.parquet", folder, "--measure", name]
            used, spans_read, peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            seconds[name].append(float(used))
            spans, memory[name] = int(spans_read), float(peak)
    print(f"{spans:,} spans, medians of {runs}, CPU of one process")
    for name in MEASURED:
        median = statistics.median(seconds[name])
        print(f"{name:10} {median:8.2f} s  {spans / median:10,.0f} spans/s  {memory[name]:6.0f} MiB peak")


def measure(folder: str, name: str) -> None:
    """One figure: CPU seconds, spans, peak memory."""
    run = {"arrow": _arrow, "columns": _columns}.get(name, _read)
    form = "pb" if name == "protobuf" else "parquet"
    files = sorted(Path(folder, form).glob(f"*.{form}"))
    _read([otel_table.CLINIC])
    start = time.process_time()
    spans = run(files)
    used = time.process_time() - start
    print(used, spans, peak_bytes() / 2**20)


def _arrow(files: list[Path]) -> int:
    """Parquet to Arrow, and no more."""
    import pyarrow.parquet as pq

    from auditor.telemetry.otel_table import used_columns

    spans = 0
    for file in map(pq.ParquetFile, files):
        columns = used_columns(file.schema_arrow.names)
        spans += sum(batch.num_rows for batch in file.iter_batches(20_000, columns=columns, use_threads=False))
    return spans


def _columns(files: list[Path]) -> int:
    """To the columns that OTLP has too."""
    import pyarrow.parquet as pq

    from auditor.telemetry.otel_columns import TableColumns
    from auditor.telemetry.otel_table import flat_of, used_columns

    spans = 0
    for file in map(pq.ParquetFile, files):
        for batch in file.iter_batches(20_000, columns=used_columns(file.schema_arrow.names), use_threads=False):
            spans += len(flat_of(TableColumns(batch, print), len(batch)))
    return spans


def _read(files: list[Path]) -> int:
    """To redacted span batches."""
    from auditor.telemetry.read import read_spans
    from auditor.telemetry.report import ReadReport

    return sum(batch.num_rows for batch in read_spans(list(map(str, files)), ReadReport()))


if __name__ == "__main__":
    if "--measure" in sys.argv:
        measure(sys.argv[1], sys.argv[3])
    else:
        main(*sys.argv[1:])
