"""From the catalog and the keys seen to labels, and from labels to the categories that make flows.

Decisions of people come first, then annotations in schema files, then what the classifiers, the team's own among
them, make of names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditor.annotations.merge import merged
from auditor.annotations.notes import Annotation, Annotations, comment_annotations, denies
from auditor.annotations.plugins import installed, plugin_labels
from auditor.annotations.words import word_labels
from auditor.config import Config
from auditor.decisions import decision_for, settle, unused_decisions
from classifiers.classify import classify, classify_key
from classifiers.decisions import usual_facet
from classifiers.model import Field, Label
from lineage.audit import AuditField, Place
from lineage.derived import Fill, inherit
from lineage.model import Gap
from lineage.system import Exchange, Key
from lineage.tables import CatalogTable, Column

VALUE_CONFIDENCE = 0.8  # of what a single value shows


@dataclass(frozen=True, slots=True)
class Labelled:
    """Every column of the catalog with its labels, sorted by id.

    `settled` are the ids of fields that people have spoken about: nothing that the machine infers changes those.
    """

    fields: tuple[AuditField, ...]
    settled: frozenset[str]
    gaps: tuple[Gap, ...]

    def with_inherited(self, fills: Iterable[Fill]) -> tuple[AuditField, ...]:
        """The fields, those without labels given the labels of what they are filled from."""
        return inherit(self.fields, (fill for fill in fills if fill.target not in self.settled))


def label_catalog(
    tables: Iterable[CatalogTable],
    config: Config,
    annotations: Iterable[Annotation] = (),
    exchanges: Iterable[Exchange] = (),
    other_places: Iterable[tuple[str, str, str]] = (),
    sampled: Mapping[tuple[str, str], tuple[Label, ...]] | None = None,
) -> Labelled:
    """Label every column. `annotations` come from files beside the DDL; `exchanges` tell which keys were seen, and
    `other_places` what else decisions may be about. `sampled` are the labels, by (table, column) in lower case, of
    columns whose values were judged with their names.

    Raises ConfigError: decisions that conflict, a plug-in that fails.
    """
    tables = list(tables)
    notes = Annotations([*comment_annotations(tables), *annotations], config.categories)
    fields, settled = [], set()
    for table in tables:
        names = tuple(column.name for column in table.columns)
        for column in table.columns:
            id_ = f"{table.store}/{table.name}.{column.name}"
            judged = (sampled or {}).get((table.name.lower(), column.name.lower()))
            labels, is_settled = _column(table, column, names, config, notes, judged)
            place = Place(table.source, column.line) if table.declared and table.source else None
            fields.append(AuditField(id_, table.store, table.name, column.name, column.type, labels, place))
            if is_settled:
                settled.add(id_)
    places = [(field.store, field.table, field.column) for field in fields]
    places += [_key_place(e, key) for e in exchanges for key in e.keys if not key.is_value]
    gaps = (*notes.gaps(tables), *unused_decisions(config.decisions, [*places, *other_places]))
    return Labelled(tuple(sorted(fields, key=lambda field: field.id)), frozenset(settled), gaps)


def _column(
    table: CatalogTable,
    column: Column,
    names: tuple[str, ...],
    config: Config,
    notes: Annotations,
    judged: tuple[Label, ...] | None,
) -> tuple[tuple[Label, ...], bool]:
    """A column's labels, and whether people have settled them."""
    decision = decision_for(config.decisions, table.store, table.name, column.name)
    if decision is not None:
        return decision.labels(), True
    said = notes.on(table.store, table.name, column.name)
    if denies(said):
        return (), True
    field = Field(column.name, table.name, column.type, column.comment, names)
    found = classify(field) if judged is None else judged
    return merged(found, [*own_labels(field, config), *notes.labels(said)]), False


def own_labels(field: Field, config: Config) -> list[Label]:
    """What the team's own words and classifiers say."""
    return [*word_labels(config.words, field), *plugin_labels(installed(), field)]


def categories(labels: Sequence[Label], config: Config) -> tuple[str, ...]:
    """The categories sure enough, and of a facet that counts; where a child of a category stands, the child."""
    found = {label.category for label in labels if _counts(label, config)}
    return tuple(sorted(c for c in found if not any(other.startswith(c + ".") for other in found)))


def field_categories(fields: Iterable[AuditField], config: Config) -> dict[str, tuple[str, ...]]:
    """Field id to the categories that make flows; a table's `*` stands for all of its columns."""
    result = {field.id: categories(field.labels, config) for field in fields}
    rows: dict[str, set[str]] = {}
    for field in fields:
        rows.setdefault(f"{field.store}/{field.table}.*", set()).update(result[field.id])
    return result | {row: tuple(sorted(found)) for row, found in rows.items()}


def key_categories(exchanges: Iterable[Exchange], config: Config) -> dict[tuple[str, Key], tuple[str, ...]]:
    """(exchange id, key) to the categories of the keys seen in exchanges."""
    return {
        (exchange.id, key): categories(_key_labels(exchange, key, config), config)
        for exchange in exchanges
        for key in exchange.keys
    }


def _key_labels(exchange: Exchange, key: Key, config: Config) -> tuple[Label, ...]:
    if key.is_value:
        why = "a value of this kind was seen in the exchange"
        return (Label(key.name, usual_facet(key.name), VALUE_CONFIDENCE, (why,)),)
    subject = _subject(exchange)
    labels = merged(classify_key(key.name, subject), own_labels(Field(key.name, subject), config))
    return settle(config.decisions, _key_place(exchange, key), labels)


def _key_place(exchange: Exchange, key: Key) -> tuple[str, str, str]:
    """Where decisions find a key: the callee stands for the store, what the call is about for the table."""
    return exchange.callee.name, _subject(exchange), key.name


def _subject(exchange: Exchange) -> str:
    """What an exchange is about, for context: the operation's words without its parameters."""
    words = [word for word in exchange.operation.split("/")[1:] if not word.startswith("{")]
    return words[-1] if words else exchange.callee.name


def _counts(label: Label, config: Config) -> bool:
    return label.confidence >= config.min_confidence and label.facet in config.facets
