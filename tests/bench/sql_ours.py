"""Statements per second of our SQL reader: one JSON object with `sql` a line in, figures out."""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

from auditor.sqlworker import StatementReader
from lineage.sql.analyse import Request, _analyse, analyse
from lineage.sql.shape import _shape, shape

STREAM = 1_000_000
FRESH = 100_000  # texts of a stream in which every text is new, timed for STREAM of them


def main(path: str) -> None:
    """Print {"shape": texts/s, "analyse": distinct statements/s, "stream" and "fresh": seconds for a million
    statements that repeat, or never do; "start": seconds until the worker is up, "worker": distinct statements/s there
    (both wall time)}."""
    texts = [json.loads(line)["sql"] for line in Path(path).read_text().splitlines()]
    shape_seconds = 9.0
    for _ in range(5):  # the best of five, each with nothing remembered
        _shape.cache_clear()
        start = time.process_time()
        shapes = [shape(text, "postgresql").text for text in texts]
        shape_seconds = min(shape_seconds, time.process_time() - start)
    analyse("SELECT 1", "postgres")
    _analyse.cache_clear()
    start = time.process_time()
    for text in shapes:
        analyse(text, "postgres")
    analyse_seconds = time.process_time() - start
    chooser = random.Random(1)
    stream_seconds = _read(chooser.choices(texts, k=STREAM))
    fresh = [f"{text} AND fresh = {number}" for number, text in enumerate(chooser.choices(texts, k=FRESH))]
    fresh_seconds = _read(fresh) * STREAM / FRESH
    start_seconds, worker_seconds = _worker(shapes)
    figures = {
        "texts": len(texts),
        "shape": len(texts) / shape_seconds,
        "analyse": len(texts) / analyse_seconds,
        "stream": stream_seconds,
        "fresh": fresh_seconds,
        "start": start_seconds,
        "worker": len(texts) / worker_seconds,
    }
    print(json.dumps(figures))


def _read(texts: list[str]) -> float:
    """Seconds of CPU time from texts as recorded to facts."""
    start = time.process_time()
    for text in texts:
        analyse(shape(text, "postgresql").text, "postgres")
    return time.process_time() - start


def _worker(shapes: list[str]) -> tuple[float, float]:
    with StatementReader() as reader:
        start = time.perf_counter()
        reader("SELECT 1", "postgres")
        up = time.perf_counter()
        requests: list[Request] = [(text, "postgres", None, ()) for text in shapes]
        for _ in reader.read_all(requests):
            pass
        return up - start, time.perf_counter() - up


if __name__ == "__main__":
    main(sys.argv[1])
