"""What an audit costs as telemetry grows: python -m tests.bench.growth [MOST_SPANS] [FOLDER].

Three series of made-up corpora (tests/bench/corpus.py): of spans, of services, of distinct texts of statements. For
each, one after another on the same bytes: a plain loop over official protobuf objects that counts calls between
services (without its start-up); bytes to the system model; a whole `auditor scan` with DDL and report. Processor time
is that of all processes of a command, start-up included; memory that of all processes together at the peak of the scan.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench.processes import Used, run

HEAD = "spans | services | statements | texts | contexts | flows | loop, s | model, s | scan, s | MiB | scan / loop"


@dataclass(frozen=True, slots=True)
class Size:
    """The arguments of a corpus."""

    spans: int = 100_000
    services: int = 40
    shapes: int = 300
    texts: int = 10_000


SERIES = (
    *(Size(spans=spans) for spans in (10_000, 100_000, 1_000_000, 5_000_000)),
    *(Size(services=services) for services in (10, 100, 1_000)),
    *(Size(spans=400_000, shapes=100, texts=texts) for texts in (100, 1_000, 10_000, 100_000)),
)


def main(most: str = "1000000", folder: str = "") -> None:
    """Measure every corpus of at most so many spans, and print a row for each."""
    print(HEAD, "|".join(" --- " for _ in HEAD.split("|")), sep="\n")
    with tempfile.TemporaryDirectory(dir=folder or None) as place:
        for size in SERIES:
            if size.spans <= int(most):
                print(" | ".join(_row(size, Path(place))), flush=True)


def _row(size: Size, place: Path) -> Iterator[str]:
    corpus = [str(place / "corpus"), str(size.spans), str(size.services), str(size.shapes), str(size.texts)]
    _module("tests.bench.corpus", *corpus)
    loop = float(_module("tests.bench.engine", corpus[0], "--measure", "loop").output.split()[0])
    model = _module("tests.bench.growth", "--count", corpus[0])
    schema, out = str(place / "corpus/schema.sql"), place / "out"
    scan = _module("auditor", "scan", str(place / "corpus/pb"), "--schema", schema, "--out", str(out), "--quiet")
    spans, services, statements, contexts = json.loads(model.output)
    flows = len(json.loads((out / "audit.json").read_text())["flows"])
    yield from (f"{number:,}" for number in (spans, services, statements, size.texts, contexts, flows))
    yield from (f"{seconds:.3g}" for seconds in (loop, model.seconds, scan.seconds))
    yield from (f"{scan.peak:,.0f}", f"{scan.seconds / loop:.1f}")


def _module(*arguments: str) -> Used:
    return run([sys.executable, "-m", *arguments])


def count(folder: str) -> None:
    """Read and count; print how many spans, services, statements and contexts there are."""
    from auditor.engine.local import count_inputs
    from auditor.telemetry.report import ReadReport

    model = count_inputs([str(Path(folder, "pb"))], ReadReport())
    print(json.dumps([model.spans, len(model.services), len(model.statements), len(model.contexts)]))


if __name__ == "__main__":
    if "--count" in sys.argv:
        count(sys.argv[2])
    else:
        main(*sys.argv[1:])
