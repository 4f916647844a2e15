"""Further evidence beside the machine's: agreement raises a label, anything else stands beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from classifiers.model import Label

SUREST = 0.99  # only a decision is certain


def merged(labels: Iterable[Label], further: Iterable[Label]) -> tuple[Label, ...]:
    """The labels with further evidence merged in, best first. Two labels of a category and facet become one."""
    found = {(label.category, label.facet): label for label in labels}
    for label in further:
        key = (label.category, label.facet)
        found[key] = _both(found[key], label) if key in found else label
    return tuple(sorted(found.values(), key=lambda label: (-label.confidence, label.category)))


def _both(one: Label, other: Label) -> Label:
    together = round(1 - (1 - one.confidence) * (1 - other.confidence), 3)
    confidence = max(one.confidence, other.confidence, min(together, SUREST))
    return replace(one, confidence=confidence, evidence=tuple(dict.fromkeys(one.evidence + other.evidence)))
