"""From the catalog and the keys seen to labels, and from labels to the categories that make flows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from auditor.config import Config
from classifiers.classify import classify, classify_key
from classifiers.model import Field, Label
from lineage.model import AuditField, CatalogTable, Exchange, Key


def label_fields(tables: Iterable[CatalogTable]) -> tuple[AuditField, ...]:
    """Every column of the catalog with its labels, sorted by id."""
    result = []
    for table in tables:
        names = tuple(column.name for column in table.columns)
        for column in table.columns:
            field = Field(column.name, table.name, column.type, column.comment, names)
            id_ = f"{table.store}/{table.name}.{column.name}"
            result.append(AuditField(id_, table.store, table.name, column.name, column.type, classify(field)))
    return tuple(sorted(result, key=lambda field: field.id))


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
        (exchange.id, key): categories(classify_key(key.name, _subject(exchange)), config)
        for exchange in exchanges
        for key in exchange.keys
    }


def _subject(exchange: Exchange) -> str:
    """What an exchange is about, for context: the operation's words without its parameters."""
    words = [word for word in exchange.operation.split("/")[1:] if not word.startswith("{")]
    return words[-1] if words else exchange.callee.name


def _counts(label: Label, config: Config) -> bool:
    return label.confidence >= config.min_confidence and label.facet in config.facets
