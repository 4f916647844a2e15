"""How the classifier would do on schemas it was not tuned on: python -m tests.bench.crossval [FOLDER OF SETS]

For every marked set, with what is fitted taken from the other three only:
- the least confidence at which a label counts, chosen for their mean F1;
- the calibration: how often labels of a confidence are right on the three, against how often they are on the fourth;
- the words: only labels that rest on words which also tell something in one of the other three sets or in our broad
  sheet. The lexicon was written with the four sets open, and this takes out whatever could have been put in for one of
  them; it also takes out good general words that happen to occur in one set alone, so the truth lies in between.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from tests.bench import broad
from tests.bench.marked import FACETS, FOLDER, Row, load, phrase_of, score

_BINS = (0.4, 0.6, 0.75, 0.85, 0.9, 0.94, 1.01)


def best_threshold(sets: Sequence[list[Row]]) -> float:
    """The least confidence with the best mean F1, in steps of 0.01."""
    return max((step / 100 for step in range(40, 96)), key=lambda least: sum(score(rows, least).f1 for rows in sets))


def shares(rows: Iterable[Row]) -> dict[float, tuple[int, int]]:
    """By the lower end of a bin of confidence: labels that are right, and all."""
    found = dict.fromkeys(_BINS[:-1], (0, 0))
    for row in rows:
        if row.confidence:
            start = max((start for start in _BINS[:-1] if start <= row.confidence), default=_BINS[0])
            right, of = found[start]
            found[start] = right + row.sensitive, of + 1
    return found


def miscalibration(fitted: dict[float, tuple[int, int]], held: dict[float, tuple[int, int]]) -> float:
    """The mean gap, weighted by labels, between the shares right that were fitted and those found."""
    total = sum(of for _, of in held.values())
    gaps = (abs(fitted[b][0] / max(1, fitted[b][1]) - right / of) * of for b, (right, of) in held.items() if of)
    return sum(gaps) / max(1, total)


def told_elsewhere(sets: Iterable[list[Row]]) -> set[str]:
    """The words that labels rest on in other sets, and in the broad sheet."""
    found = {row.phrase for rows in sets for row in rows if row.phrase}
    for part in broad.PARTS:
        for _, labels in broad.answered(broad.columns(part)):
            found |= {phrase_of(label) for label in labels}
    return found


def main(folder: str = str(FOLDER)) -> None:
    """Print all figures."""
    sets = {name: load(Path(folder), name) for name in FACETS}
    for name, rows in sets.items():
        others = [other for key, other in sets.items() if key != name]
        least = best_threshold(others)
        fitted = shares(row for other in others for row in other)
        known = told_elsewhere(others)
        general = [row if row.phrase in known or not row.phrase else replace(row, confidence=0.0) for row in rows]
        print(name)
        print(f"  as it is                      {score(rows)}")
        print(f"  least confidence of the three {score(rows, least)}  ({least:.2f})")
        print(f"  words told elsewhere only     {score(general)}")
        sure = [row for row in rows if row.confidence >= 0.9]
        right = sum(row.sensitive for row in sure) / max(1, len(sure))
        elsewhere = [row for other in others for row in other if row.confidence >= 0.9]
        there = sum(row.sensitive for row in elsewhere) / max(1, len(elsewhere))
        print(
            f"  said at 0.9 or more           {right:.3f} right of {len(sure)}, on the three {there:.3f}; "
            f"mean gap of calibration {miscalibration(fitted, shares(rows)):.3f}"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
