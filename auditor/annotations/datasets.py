"""Descriptions of data in YAML, recognised by content: fides data sets and dbt properties files.

Specifications: https://ethyca.github.io/fideslang/resources/dataset/ and
https://docs.getdbt.com/reference/configs-and-properties.
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor.annotations.notes import Annotation, said_in
from auditor.annotations.tree import Node, read_tree

_TRUE, _FALSE = ("true", "yes", "on"), ("false", "no", "off")
_FLAGS = ("pii", "contains_pii")
_PERSONAL = ("user",)


def read_annotations(text: str, file: str, store: str | None = None) -> tuple[Annotation, ...] | None:
    """What a YAML file says about columns; None when it describes no data. `store` binds it to one store.

    Raises Unreadable.
    """
    documents = read_tree(text)
    if not any(_collections(root) or _models(root) for root in documents):
        return None
    found: list[Annotation] = []
    for root in documents:
        for table in _collections(root):
            for path, node in _fides_fields(table.get("fields"), ""):
                found += _annotations(table, path, _fides(node), file, store)
        for table in _models(root):
            for column in table.get("columns").items:
                found += _annotations(table, column.get("name").text, _dbt(column), file, store)
    return tuple(found)


_Said = Iterator[tuple[tuple[str, ...], Node, str]]  # categories, where it stands, how it is written


def _annotations(table: Node, column: str, said: _Said, file: str, store: str | None) -> Iterator[Annotation]:
    name = table.get("identifier").text or table.get("name").text
    if name and column:
        for categories, node, form in said:
            yield Annotation(name, column, categories, file, node.line, form, store)


def _collections(root: Node) -> list[Node]:
    return [table for data_set in root.get("dataset").items for table in data_set.get("collections").items]


def _fides_fields(fields: Node, prefix: str) -> Iterator[tuple[str, Node]]:
    """Fields with their paths; depth is bounded by the tree's."""
    for node in fields.items:
        if name := node.get("name").text:
            yield prefix + name, node
            yield from _fides_fields(node.get("fields"), f"{prefix}{name}.")


def _fides(node: Node) -> _Said:
    keys = tuple(item.text for item in node.get("data_categories").texts())
    if keys:
        yield keys, node.get("data_categories"), "fides data_categories"


def _models(root: Node) -> list[Node]:
    models = [node for kind in ("models", "seeds", "snapshots") for node in root.get(kind).items]
    models += [table for source in root.get("sources").items for table in source.get("tables").items]
    return [model for model in models if model.get("columns").items]


def _dbt(column: Node) -> _Said:
    for holder in (column, column.get("config")):
        meta = holder.get("meta")
        keys = meta.get("data_categories")
        if any(keys.texts()):
            yield tuple(item.text for item in keys.texts()), keys, "dbt meta data_categories"
        for flag in _FLAGS:
            value = meta.get(flag)
            if value.text.lower() in _TRUE + _FALSE:
                yield (_PERSONAL if value.text.lower() in _TRUE else ()), value, f"dbt meta {flag}"
        for tag in holder.get("tags").texts():
            categories = _PERSONAL if tag.text.lower() in _FLAGS else said_in(tag.text)
            if categories is not None:
                yield categories, tag, "dbt tag"
    described = said_in(column.get("description").text)
    if described is not None:
        yield described, column.get("description"), "dbt description"
