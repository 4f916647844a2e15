"""Labels of the leaves of payload schemas: decisions first, then what the schema states, then what names say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from auditor.annotations.merge import merged
from auditor.annotations.notes import Annotation, Annotations, denies, said_in
from auditor.config import Config
from auditor.decisions import decision_for
from auditor.labels import categories, own_labels
from classifiers.formats import classify_hinted
from classifiers.model import Field, Label
from lineage.model import Gap
from lineage.payload import Payload, PayloadField
from lineage.tables import CatalogTable, Column

Leaf = tuple[str, str, tuple[str, ...]]  # the payload's source and name, the path of the leaf
Place = tuple[str, str, str]  # as decisions see it: the source stands for the store, the payload for the table


def label_payloads(payloads: Iterable[Payload], config: Config) -> dict[Leaf, tuple[Label, ...]]:
    """The labels of every leaf, () for those that say nothing of a person.

    A leaf is read by its path: `customer.name` is a person's, `product.name` is not; leaves of the same inner object
    are its neighbours. Decisions find it as `SOURCE/PAYLOAD.PATH`. Raises ConfigError: decisions that conflict, a
    plug-in that fails.
    """
    found: dict[Leaf, tuple[Label, ...]] = {}
    for payload in payloads:
        beside: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for leaf in payload.fields:
            beside[leaf.path[:-1]].append(leaf.name)
        siblings = {path: tuple(dict.fromkeys(names)) for path, names in beside.items()}
        for leaf in payload.fields:
            key = (payload.source, payload.name, leaf.path)
            labels = _labels(payload, leaf, siblings[leaf.path[:-1]], config)
            found[key] = found.get(key) or labels  # one name in two places of a request
    return found


def payload_categories(labelled: dict[Leaf, tuple[Label, ...]], config: Config) -> dict[Leaf, tuple[str, ...]]:
    """The categories of every leaf that make flows: sure enough, and of a facet that counts."""
    return {leaf: categories(labels, config) for leaf, labels in labelled.items()}


def payload_places(payloads: Iterable[Payload]) -> Iterator[Place]:
    """Where decisions find the leaves: for `unused_decisions`."""
    for payload in payloads:
        for leaf in payload.fields:
            yield _place(payload, leaf)


def payload_gaps(payloads: Iterable[Payload], config: Config) -> list[Gap]:
    """What schemas state with a category that is in no taxonomy."""
    payloads = list(payloads)
    notes = [note for payload in payloads for leaf in payload.fields for note in _stated(payload, leaf)]
    tables = [
        CatalogTable(p.source, p.name, tuple(Column(".".join(leaf.path)) for leaf in p.fields), True) for p in payloads
    ]
    return Annotations(notes, config.categories).gaps(tables)


def _labels(payload: Payload, leaf: PayloadField, siblings: tuple[str, ...], config: Config) -> tuple[Label, ...]:
    decision = decision_for(config.decisions, *_place(payload, leaf))
    if decision is not None:
        return decision.labels()
    said = _stated(payload, leaf)
    if denies(said):
        return ()
    field = Field(".".join(leaf.path), payload.name, leaf.type, leaf.comment, siblings)
    machine = classify_hinted(field, leaf.format, redacted=leaf.redacted)
    return merged(machine, [*own_labels(field, config), *Annotations((), config.categories).labels(said)])


def _stated(payload: Payload, leaf: PayloadField) -> tuple[Annotation, ...]:
    """What an annotation or the comment says."""
    said = ((leaf.categories, "an annotation of the schema"), (said_in(leaf.comment), "the field's comment"))
    return tuple(
        Annotation(payload.name, ".".join(leaf.path), keys, payload.source, leaf.line, form, payload.source)
        for keys, form in said
        if keys is not None
    )


def _place(payload: Payload, leaf: PayloadField) -> Place:
    return payload.source, payload.name, ".".join(leaf.path)
