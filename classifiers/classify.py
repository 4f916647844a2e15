"""Merge the evidence of names and values into labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from classifiers import samples
from classifiers.context import place
from classifiers.model import Facet, Field, Label
from classifiers.names import name_labels
from classifiers.samples import Sample, Shown
from classifiers.taxonomy import is_within
from classifiers.tools import USUAL, Tools

_LEAST = 0.4  # below this confidence nothing is said
_TEXT_ALONE = 0.6  # the most that data found inside longer texts says without a name
_CONTRADICTED = 0.4  # what is left of a name's claim when the values are plainly harmless
_OVERRULED = 0.6  # and when they are plainly something else
_CLEAR = 0.8  # share of values
_OPAQUE = ("user.unique_id", "user.device", "user.authorization", "system.authentication", "user.account")
_CREDENTIALS = ("user.authorization", "system.authentication")


def classify(field: Field, values: Sequence[str] = (), tools: Tools = USUAL) -> tuple[Label, ...]:
    """The labels of a field, best first: what its name says and, when `values` are given, what those show.

    `tools` are a team's own for values. Raises ModelUnavailable.

    Both kinds of evidence stay readable in `evidence`. Agreement raises the confidence; values that are plainly
    something else (flags, clock readings, hashes) lower what a name claimed, down to no label.
    """
    named = name_labels(field)
    if not values:
        return named
    own = place(field.name, field.parent).own
    sample = samples.judge(values, own, tools)
    if sample.harmless:
        named = tuple(_contradicted(label, sample.harmless) for label in named)
    labels = _merged(list(named), sample)
    kept = [label for label in labels if label.confidence >= _LEAST]
    return tuple(sorted(kept, key=lambda label: (-label.confidence, label.category)))


def classify_key(name: str, parent: str | None = None) -> tuple[Label, ...]:
    """The labels of a key seen in a URL, route, header or message; `parent` is what the exchange is about."""
    # A key holds one plain value: a bare `user` or `owner` is a reference, which columns must declare.
    return name_labels(Field(name, parent)) or name_labels(Field(name, parent, "uuid"))


def _merged(labels: list[Label], sample: Sample) -> list[Label]:
    for shown in sample.shown:
        weight = _weight(shown, sample)
        agreeing = [label for label in labels if _related(label.category, shown.category)]
        if not agreeing:
            facet = shown.facet or _facet(shown.category)
            labels.append(Label(shown.category, facet, round(weight, 3), (shown.sentence,)))
        for label in agreeing:
            labels[labels.index(label)] = _confirmed(label, shown, weight)
    if any(shown.share >= _CLEAR for shown in sample.shown) and not sample.wordy:
        shown_categories = [shown.category for shown in sample.shown]
        labels = [
            label
            if any(_related(label.category, shown) for shown in shown_categories)
            else _doubted(label, sample.shown[0], _OVERRULED)
            for label in labels
        ]
    return labels


def _weight(shown: Shown, sample: Sample) -> float:
    """What values say on their own: few values say less; data inside longer texts is there whatever its share."""
    enough = shown.of / (shown.of + 0.5)
    return enough * (_TEXT_ALONE if sample.wordy else shown.strength * shown.share)


def _related(one: str, other: str) -> bool:
    return is_within(one, other) or is_within(other, one)


def _confirmed(label: Label, shown: Shown, weight: float) -> Label:
    category = max(label.category, shown.category, key=len)
    confidence = round(1 - (1 - label.confidence) * (1 - weight), 3)
    return replace(label, category=category, confidence=confidence, evidence=(*label.evidence, shown.sentence))


def _contradicted(label: Label, harmless: Shown) -> Label:
    """A name's label that the values speak against. Ids and secrets may look like keys, clocks and hashes."""
    if label.category.startswith(_OPAQUE) and harmless.says != "are flags":
        return label
    if label.category == "user.demographic.age_range" and harmless.says.startswith("count up"):
        return label  # of many people all ages occur
    if label.category == "user.demographic.date_of_birth" and harmless.says == "are points in time":
        return label
    return _doubted(label, harmless, _CONTRADICTED)


def _doubted(label: Label, shown: Shown, factor: float) -> Label:
    return replace(label, confidence=round(label.confidence * factor, 3), evidence=(*label.evidence, shown.sentence))


def _facet(category: str) -> Facet:
    return "credential" if category.startswith(_CREDENTIALS) else "personal"
