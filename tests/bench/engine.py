"""From bytes to the system model, against merely parsing the bytes: python -m tests.bench.engine FOLDER [RUNS].

FOLDER holds `pb/*.pb` (requests behind varint lengths), with `.gz` and `.zst` beside, and `json/*.jsonl`. Every figure
is the CPU time of a process of its own. Start-up does not count; all that must be learned of the input does.
"""

from __future__ import annotations

import io
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.support.memory import peak_bytes

CLINIC = Path("examples/clinic/capture/traces.otlp.pb.gz")
MEASURED = ("parse", "loop", "read", "model", "model.gz", "model.zst", "json.parse", "json.model")


def main(folder: str, runs: str = "5") -> None:
    """Measure all in turn, `runs` times, and print the medians."""
    seconds: dict[str, list[float]] = {name: [] for name in MEASURED}
    memory: dict[str, float] = {}
    spans = 0
    for _ in range(int(runs)):
        for name in MEASURED:
            command = [sys.executable, "-m", "tests.bench.engine", folder, "--measure", name]
            used, spans, peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            seconds[name].append(float(used))
            spans, memory[name] = int(spans), float(peak)
    median = {name: statistics.median(times) for name, times in seconds.items()}
    print(f"{spans:,} spans, medians of {runs}, CPU of one process")
    for name, value in median.items():
        against = median["json.parse" if name.startswith("json") else "parse"]
        rate = spans / value
        print(f"{name:12} {value:8.2f} s  {value / against:6.1f}x  {rate:10,.0f} spans/s  {memory[name]:6.0f} MiB peak")
    for method in ("gz", "zst"):
        print(f"{method} against plain: {median[f'model.{method}'] / median['model']:.2f}x")


def measure(folder: str, name: str) -> None:
    """One figure: CPU seconds, spans, peak memory."""
    files = {
        "model.gz": sorted(Path(folder, "pb").glob("*.pb.gz")),
        "model.zst": sorted(Path(folder, "pb").glob("*.pb.zst")),
    }
    plain = sorted(Path(folder, "json").glob("*.jsonl") if name.startswith("json") else Path(folder, "pb").glob("*.pb"))
    run = {"parse": _parse, "loop": _loop, "read": _read, "json.parse": _json}.get(name, _model)
    _load()
    start = time.process_time()
    spans = run(files.get(name, plain))
    used = time.process_time() - start
    print(used, spans, peak_bytes() / 2**20)


def _load() -> None:
    """Import and warm up all that a measured function uses."""

    _model([CLINIC])


def _requests(files: list[Path]) -> list[bytes]:
    from auditor.telemetry.framing import read_requests

    def fault(where: str, what: str) -> None:
        raise ValueError(f"{where}: {what}")

    return [data for file in files for _, data in read_requests(io.BytesIO(file.read_bytes()), "varint", fault)]


def _parse(files: list[Path]) -> int:
    """Official protobuf, no field touched but to count spans."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    return sum(
        len(scope.spans)
        for data in _requests(files)
        for resource in ExportTraceServiceRequest.FromString(data).resource_spans
        for scope in resource.scope_spans
    )


def _loop(files: list[Path]) -> int:
    """A plain loop over official objects that counts calls between services, and nothing else."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    service: dict[tuple[bytes, bytes], str] = {}
    calls: list[tuple[bytes, bytes, str]] = []
    for data in _requests(files):
        for resource in ExportTraceServiceRequest.FromString(data).resource_spans:
            name = next(
                (pair.value.string_value for pair in resource.resource.attributes if pair.key == "service.name"), ""
            )
            for scope in resource.scope_spans:
                for span in scope.spans:
                    service[span.trace_id, span.span_id] = name
                    calls.append((span.trace_id, span.parent_span_id, name))
    edges: dict[tuple[str, str], int] = {}
    for trace, parent, callee in calls:
        caller = service.get((trace, parent), callee)
        if caller != callee:
            edges[caller, callee] = edges.get((caller, callee), 0) + 1
    return len(service)


def _read(files: list[Path]) -> int:
    """Bytes to redacted span batches."""
    from auditor.telemetry.read import read_spans
    from auditor.telemetry.report import ReadReport

    return sum(batch.num_rows for batch in read_spans([str(file) for file in files], ReadReport()))


def _model(files: list[Path]) -> int:
    """Bytes to the system model."""
    from auditor.telemetry.read import read_spans
    from auditor.telemetry.report import ReadReport
    from tests.support.models import build_model

    return build_model(read_spans([str(file) for file in files], ReadReport())).spans


def _json(files: list[Path]) -> int:
    """orjson alone."""
    import orjson

    return sum(
        len(scope["spans"])
        for file in files
        for line in file.read_bytes().splitlines()
        for resource in orjson.loads(line)["resourceSpans"]
        for scope in resource["scopeSpans"]
    )


if __name__ == "__main__":
    if "--measure" in sys.argv:
        measure(sys.argv[1], sys.argv[3])
    else:
        main(*sys.argv[1:])
