"""Statements per second of our SQL reader: one JSON object with `sql` a line in, figures out."""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

from lineage.sql.analyse import _analyse, analyse
from lineage.sql.shape import _shape, shape


def main(path: str) -> None:
    """Print {"shape": texts/s, "analyse": distinct statements/s, "stream": seconds for a million statements}."""
    texts = [json.loads(line)["sql"] for line in Path(path).read_text().splitlines()]
    _shape.cache_clear()
    start = time.process_time()
    shapes = [shape(text, "postgresql").text for text in texts]
    shape_seconds = time.process_time() - start
    analyse("SELECT 1", "postgres")
    _analyse.cache_clear()
    start = time.process_time()
    for text in shapes:
        analyse(text, "postgres")
    analyse_seconds = time.process_time() - start
    chooser = random.Random(1)
    stream = chooser.choices(texts, k=1_000_000)
    start = time.process_time()
    for text in stream:
        analyse(shape(text, "postgresql").text, "postgres")
    stream_seconds = time.process_time() - start
    figures = {
        "texts": len(texts),
        "shape": len(texts) / shape_seconds,
        "analyse": len(texts) / analyse_seconds,
        "stream": stream_seconds,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1])
