"""How fast names are classified: python -m tests.bench.speed SET.jsonl[.gz]...

CPU seconds of one core, after start-up, each file in a process of its own so that none finds the other's words in a
cache; and the CPU seconds until the first name is answered.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from pathlib import Path

_KEYS = ("table", "column", "type", "comment")


def measure(path: str) -> None:
    """Print the figures of one file."""
    started = time.process_time()
    from classifiers.jsonl import answer_all

    list(answer_all([{"table": "users", "column": "email"}]))
    start_up = time.process_time() - started
    read = gzip.open if path.endswith(".gz") else open
    with read(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    asked = [{key: row[key] for key in _KEYS if row.get(key)} for row in rows]
    started = time.process_time()
    for _ in answer_all(asked):
        pass
    rate = len(asked) / (time.process_time() - started)
    print(f"{Path(path).name:32} {len(asked):6} fields {rate:8.0f} fields/s   start-up {start_up:.2f} s")


if __name__ == "__main__":
    if len(sys.argv) == 2:
        measure(sys.argv[1])
    for file in sys.argv[1:] if len(sys.argv) > 2 else ():
        subprocess.run([sys.executable, "-m", "tests.bench.speed", file], check=True)
