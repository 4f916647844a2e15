"""Adds traces to a store one by one, and says which are done: python -m tests.crash.index_writer DIR COUNT."""

from __future__ import annotations

import sys

from auditor.index.store import Store
from tests.support.hours import spans, trace


def main(folder: str, count: str) -> None:
    """Joins and counts now and then, so that a kill may hit these too."""
    with Store(folder) as store:
        for number in range(int(count)):
            if store.add(str(number), spans(trace(number, number % 90))):
                print(number, flush=True)
            if number % 7 == 6:
                store.compact(most=2)
            if number % 40 == 39:
                store.refresh()


if __name__ == "__main__":
    main(*sys.argv[1:])
