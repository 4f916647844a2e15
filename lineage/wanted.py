"""What a question is about: a field, fields by pattern, or a category with all that lie below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

from classifiers.decisions import Pattern
from classifiers.taxonomy import CATEGORIES, is_within
from lineage.audit import Access, Audit, Flow
from lineage.index import Categories, index_of

MOST_NEAR = 3


class UnknownName(ValueError):
    """Nothing in the audit goes by this name. `near` are names of the audit that look alike."""

    def __init__(self, what: str, wanted: str, near: Iterable[str]) -> None:
        self.near = tuple(near)
        hint = f"; did you mean {' or '.join(self.near)}?" if self.near else ""
        super().__init__(f"{wanted}: no {what} of this name in the audit{hint}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """`fields` are ids. Asked by category, `categories` are those of the audit that are meant; else none.

    `in_rows` are the (row, category) pairs of the fields: whole rows may be all that telemetry tells.
    """

    text: str
    fields: frozenset[str]
    categories: frozenset[str] = frozenset()
    in_rows: frozenset[tuple[str, str]] = frozenset()

    def has_flow(self, flow: Flow) -> bool:
        """Whether a flow carries what is wanted, by itself or within a whole row."""
        if flow.field is None or self.categories:
            return flow.category in self.categories
        return flow.field in self.fields or (flow.field, flow.category) in self.in_rows


def find(audit: Audit, text: str) -> Wanted:
    """The fields and categories that `text` means: a category's key, or a field's pattern as decisions have it.

    A key of the taxonomy, or one that the audit uses, is a category, with all below it (`.*` at its end says no more).
    Anything else is a pattern of fields (`store/table.column`, `users.email`, `*.email`); where no field fits it,
    wildcards are tried on categories. Raises UnknownName.
    """
    index = index_of(audit)
    labels, known = index.categories, index.known_categories
    key = text.removesuffix(".*")
    if key in CATEGORIES or any(is_within(category, key) for category in known):
        return _by_category(text, labels, {category for category in known if is_within(category, key)})
    places = index.places
    pattern = Pattern(text)
    fields = {text} & places.keys() or {id_ for id_, place in places.items() if pattern.fits(*place)}
    if fields:
        rows = frozenset((row_of(id_), category) for id_ in fields for category in labels.get(id_, ()))
        return Wanted(text, frozenset(fields), in_rows=rows)
    categories = {category for category in known if fnmatchcase(category, text)}
    if categories:
        return _by_category(text, labels, categories)
    raise UnknownName("field or category", text, _near_fields(text, places, known))


def find_service(audit: Audit, name: str) -> str:
    """A service's name as the audit has it; case does not count where that is clear. Raises UnknownName."""
    names = {service.name for service in audit.services}
    return _one_of(names, name, "service")


def find_party(audit: Audit, name: str) -> str:
    """The name of a service, store, outsider or channel. Raises UnknownName."""
    names = {one.name for one in audit.services} | {one.name for one in audit.stores}
    names |= {one.name for one in audit.outsiders} | {one.name for one in audit.channels}
    return _one_of(names, name, "service, store, outside party or channel")


def categories_of(audit: Audit) -> Categories:
    """The data categories of each field that has any: by labels that are sure enough, and by flows that carry it."""
    return index_of(audit).categories


def row_of(field: str) -> str:
    """The id that stands for the whole row of a field: `store/table.*`."""
    return field.rpartition(".")[0] + ".*"


def touching(audit: Audit, fields: frozenset[str]) -> list[Access]:
    """The accesses to these fields, those that take the whole row of one among them."""
    by_field = index_of(audit).accesses_by_field
    numbered = (one for field in fields | {row_of(field) for field in fields} for one in by_field.get(field, ()))
    return [access for _, access in sorted(numbered, key=lambda one: one[0])]


def carrying(audit: Audit, what: Wanted) -> list[Flow]:
    """The flows that carry what is wanted."""
    index = index_of(audit)
    if what.categories:
        return [flow for category in sorted(what.categories) for flow in index.flows_by_category.get(category, ())]
    fields = what.fields | {field for field, _ in what.in_rows}
    return [flow for field in sorted(fields) for flow in index.flows_by_field.get(field, ()) if what.has_flow(flow)]


def _by_category(text: str, labels: Categories, categories: set[str]) -> Wanted:
    fields = frozenset(id_ for id_, found in labels.items() if categories.intersection(found))
    return Wanted(text, fields, frozenset(categories))


def _near_fields(text: str, places: Mapping[str, tuple[str, str, str]], categories: Iterable[str]) -> list[str]:
    """Names that look like `text`, written as it is: a whole id, a table's column, or a category."""
    column = text.rpartition(".")[2].lower()
    tables = {f"{table}.{name}" for _, table, name in places.values()}
    likely = set(get_close_matches(column, {name.lower() for _, _, name in places.values()}, 3, 0.7))
    names = {name for name in tables if name.rpartition(".")[2].lower() in likely} or tables
    candidates = {*(names if "/" not in text else places), *categories}
    found = get_close_matches(text, sorted(candidates)[:20_000], MOST_NEAR, 0.7)
    return found or sorted(names)[:MOST_NEAR] if likely else found


def _one_of(names: set[str], wanted: str, what: str) -> str:
    if wanted in names:
        return wanted
    alike = sorted(name for name in names if name.lower() == wanted.lower())
    if len(alike) == 1:
        return alike[0]
    near = alike or sorted(name for name in names if wanted and wanted.lower() in name.lower())[:MOST_NEAR]
    raise UnknownName(what, wanted, near or get_close_matches(wanted, sorted(names), MOST_NEAR, 0.5))
