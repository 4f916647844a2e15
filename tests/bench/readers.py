"""From bytes to redacted span batches, against merely parsing them: python -m tests.bench.readers FOLDER [RUNS].

FOLDER holds `pb/*.pb` (requests behind varint lengths), `json/*.jsonl`, `jaeger/*.json` and `zipkin/*.json`; those that
are missing are left out. Every figure is the CPU time of a process of its own, start-up not counted. `read` learns all
of its input, `again` reads the same bytes a second time: what is new in real inputs lies between. simdjson is measured
where it is installed.
"""

from __future__ import annotations

import io
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path

FILES = {"pb": "*.pb", "json": "*.jsonl", "jaeger": "*.json", "zipkin": "*.json"}
CLINIC = Path("examples/clinic/capture/traces.otlp.pb.gz")


def main(folder: str, runs: str = "3") -> None:
    """Measure all in turn, `runs` times, and print the medians, against parsers of the same bytes."""
    for form in FILES:
        if not _inputs(folder, form):
            continue
        parsers = ["protobuf"] if form == "pb" else ["orjson", *(["simdjson"] if find_spec("simdjson") else [])]
        names = [*parsers, "read", "again"]
        seconds: dict[str, list[float]] = {name: [] for name in names}
        spans = 0
        for _ in range(int(runs)):
            for name in names:
                command = [sys.executable, "-m", "tests.bench.readers", "--measure", folder, form, name]
                used, counted = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
                seconds[name].append(float(used))
                spans = max(spans, int(counted))
        medians = {name: statistics.median(each) for name, each in seconds.items()}
        for name, value in medians.items():
            against = ", ".join(f"{value / medians[parser]:5.2f} x {parser}" for parser in parsers)
            print(f"{form:7} {name:9} {value:7.2f} s  {value / spans * 1e6:6.1f} us a span  {against}", flush=True)


def measure(folder: str, form: str, name: str) -> None:
    """One figure: CPU seconds, spans."""
    from auditor.telemetry.otlp_columns import Learned

    inputs = [file.read_bytes() for file in _inputs(folder, form)]
    _read([CLINIC.read_bytes()], Learned())  # warm up
    learned = Learned()
    if name == "again":
        _read(inputs, learned)
    work: dict[str, Callable[[list[bytes]], int]] = {"protobuf": _protobuf, "orjson": _orjson, "simdjson": _simdjson}
    start = time.process_time()
    spans = work.get(name, partial(_read, learned=learned))(inputs)
    print(time.process_time() - start, spans)


def _inputs(folder: str, form: str) -> list[Path]:
    return sorted(Path(folder, form).glob(FILES[form]))


def _read(inputs: list[bytes], learned: object) -> int:
    from auditor.telemetry.compression import Plain
    from auditor.telemetry.detect import HEAD
    from auditor.telemetry.formats import Reading

    spans = 0
    for data in inputs:
        reading = Reading(io.BufferedReader(Plain(io.BytesIO(data)), HEAD), _fault, learned=learned)  # type: ignore[arg-type]
        spans += sum(batch.num_rows for batch in reading.batches())
    return spans


def _fault(where: str, what: str) -> None:
    raise ValueError(f"{where}: {what}")


def _protobuf(inputs: list[bytes]) -> int:
    """Official protobuf, no field touched but to count spans."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    from auditor.telemetry.framing import read_requests

    return sum(
        len(scope.spans)
        for data in inputs
        for _, request in read_requests(io.BytesIO(data), "varint", _fault)
        for resource in ExportTraceServiceRequest.FromString(request).resource_spans
        for scope in resource.scope_spans
    )


def _orjson(inputs: list[bytes]) -> int:
    import orjson

    return sum(1 for data in inputs for line in data.splitlines() if orjson.loads(line))


def _simdjson(inputs: list[bytes]) -> int:
    """The document only, nothing of it made into Python's objects."""
    import simdjson

    parser = simdjson.Parser()
    return sum(1 for data in inputs for line in data.splitlines() if parser.parse(line) is not None)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(*sys.argv[2:])
    else:
        main(*sys.argv[1:])
