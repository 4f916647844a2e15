"""Labels that travel inside a database: a column filled from a labelled one is of the same kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from classifiers.model import Label
from lineage.audit import AuditField
from lineage.names import short_name
from lineage.sql import Output
from lineage.sql.relations import Kept
from lineage.tables import CatalogTable

# How sure a label stays when all of a value, or a part of it, is copied. A digest or a count ends it.
FACTOR: dict[Kept, float] = {"whole": 0.95, "part": 0.6}
WORDS: dict[Kept, str] = {"whole": "filled from", "part": "filled with a part of"}
LONGEST_CHAIN = 10  # copies of copies


@dataclass(frozen=True, slots=True, order=True)
class Fill:
    """Column `target` gets what is left of column `source` (both `store/table.column`); `by` tells by what."""

    target: str
    source: str
    kept: Kept
    by: str


def view_fills(views: Iterable[tuple[str, Output]], tables: Sequence[CatalogTable]) -> list[Fill]:
    """What the columns of views are filled from, in every store where the view's file has its tables.

    `views` are (file, output) pairs; an output's target and sources are `table.column` as written in the file.
    """
    placed: dict[tuple[str, str], list[CatalogTable]] = defaultdict(list)
    columns: dict[tuple[str, str], CatalogTable] = {}
    for table in tables:
        placed[table.source, table.name.lower()].append(table)
        columns[table.store, table.name.lower()] = table
    fills = []
    for file, output in views:
        view, _, column = (output.target or "").rpartition(".")
        for table in placed.get((file, short_name(view).lower()), ()):
            for source, kept in zip(output.sources, output.kept, strict=True):
                origin, _, name = source.rpartition(".")
                found = columns.get((table.store, short_name(origin).lower()))
                if found is not None:
                    target = _column(table, column)
                    fills.append(Fill(target, _column(found, name), kept, f"view {table.name}"))
    return fills


def _column(table: CatalogTable, name: str) -> str:
    declared = next((column.name for column in table.columns if column.name.lower() == name.lower()), name)
    return f"{table.store}/{table.name}.{declared}"


def inherit(fields: Sequence[AuditField], fills: Iterable[Fill]) -> tuple[AuditField, ...]:
    """The fields, those without labels given the labels of what they are filled from, weakened, with the reason.

    Copies of copies follow, up to LONGEST_CHAIN. A field's own labels are never changed.
    """
    by_target: dict[str, list[Fill]] = defaultdict(list)
    for fill in sorted(set(fills)):
        if fill.kept in FACTOR and fill.source != fill.target:
            by_target[fill.target].append(fill)
    labels = {field.id: field.labels for field in fields}
    for _ in range(LONGEST_CHAIN):
        found = {
            target: inherited
            for target, its_fills in by_target.items()
            if not labels.get(target, ()) and target in labels and (inherited := _labels(its_fills, labels))
        }
        if not found:
            break
        labels |= found
    return tuple(field if field.labels else replace(field, labels=labels[field.id]) for field in fields)


def _labels(fills: Iterable[Fill], labels: dict[str, tuple[Label, ...]]) -> tuple[Label, ...]:
    best: dict[str, Label] = {}
    for fill in fills:
        for label in labels.get(fill.source, ()):
            sure = round(label.confidence * FACTOR[fill.kept], 3)
            if label.category not in best or best[label.category].confidence < sure:
                why = f"the column is {WORDS[fill.kept]} {fill.source} ({fill.by})"
                best[label.category] = Label(label.category, label.facet, sure, (why,))
    return tuple(sorted(best.values(), key=lambda label: (-label.confidence, label.category)))
