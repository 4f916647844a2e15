"""The scores on the marked sets, with and without our corrections: python -m tests.bench.overlay [FOLDER]

overlay.tsv lists marks that we are sure are wrong, each with the reason: mostly data of people that a set leaves
unmarked. They were found by reading false alarms and misses, and then every column of the same name, whatever was said
of it. Whoever reads errors finds more of those that count against him, so the second figure flatters; the first is the
one to compare with others.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from tests.bench.marked import FACETS, FOLDER, load, score

_FILE = Path(__file__).with_name("overlay.tsv")


def corrections() -> dict[tuple[str, str, str], bool]:
    """(set, table, column) to whether it is sensitive."""
    rows = [line.split("\t") for line in _FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {(row[0], row[1], row[2]): row[3] == "yes" for row in rows}


def main(folder: str = str(FOLDER)) -> None:
    """Print both figures of every set."""
    ours = corrections()
    for name in FACETS:
        rows = load(Path(folder), name)
        changed = [replace(row, sensitive=ours.get((name, row.table or "", row.column), row.sensitive)) for row in rows]
        count = sum(one.sensitive != other.sensitive for one, other in zip(rows, changed, strict=True))
        print(f"{name:18} as marked {score(rows)}   with {count:3} marks corrected {score(changed)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
