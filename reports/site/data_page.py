"""Where personal data lies: a store with its fields, and a field with who touches it and where it goes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from lineage.audit import AuditField, AuditStore
from lineage.model import Party
from lineage.questions.where_goes import Destination, where_goes
from lineage.questions.who_touches import Handed, OnBehalf, Toucher, who_touches
from lineage.wanted import UnknownName, touching
from reports.field_view import FieldView, field_view
from reports.flow_view import CategoryView, ExposureView
from reports.limits import first
from reports.site.links import to_explorer, to_store
from reports.site.pager import Paged, paged
from reports.site.site import Site

ROWS = 40  # of each table


@dataclass(frozen=True, slots=True)
class StoreRow:
    """A store in figures: the fields that are known, and those with personal data by the gravest first category."""

    store: AuditStore
    fields: int
    sensitive: int
    gravest: CategoryView | None


@dataclass(frozen=True, slots=True)
class StorePage:
    """A store: `fields` are those with personal data, `known` how many fields it has, `users` the services
    that touch it with their calls, `exposures` what is written into it."""

    store: AuditStore
    known: int
    fields: Paged[FieldView]
    users: tuple[tuple[str, int], ...]
    exposures: tuple[ExposureView, ...]
    around: str


@dataclass(frozen=True, slots=True)
class FieldPage:
    """A field. Tables are cut to ROWS; `left` says how many rows are not there, by the table's name."""

    view: FieldView
    touchers: tuple[Toucher, ...]
    on_behalf: tuple[OnBehalf, ...]
    handed: tuple[Handed, ...]
    goes: tuple[Destination, ...]
    left: dict[str, int]


def store_rows(site: Site) -> list[StoreRow]:
    """Stores with personal data first."""
    fields = Counter(field.store for field in site.audit.fields)
    rows = []
    for store in site.audit.stores:
        sensitive = site.sensitive_by_store.get(store.name, ())
        gravest = sensitive[0].findings[0].category if sensitive else None
        rows.append(StoreRow(store, fields[store.name], len(sensitive), gravest))
    return sorted(rows, key=lambda row: (-row.sensitive, row.store.name))


def store_page(site: Site, store: AuditStore, number: int) -> StorePage:
    """The page of one store; `number` is that of the page of fields."""
    users: Counter[str] = Counter()
    known = [field for field in site.audit.fields if field.store == store.name]
    for access in touching(site.audit, frozenset(field.id for field in known)):
        users[access.service] = max(users[access.service], access.calls)
    return StorePage(
        store,
        len(known),
        paged(site.sensitive_by_store.get(store.name, ()), number, to_store(store.name)),
        tuple(sorted(users.items(), key=lambda user: (-user[1], user[0]))),
        site.exposures_at([Party("store", store.name)]),
        to_explorer(Party("store", store.name)),
    )


def field_page(site: Site, field: AuditField) -> FieldPage:
    """The page of one field."""
    view = field_view(field, touching(site.audit, frozenset({field.id})))
    try:
        touched, goes = who_touches(site.audit, field.id), where_goes(site.audit, field.id)
    except UnknownName:  # its id looks like a category's key
        return FieldPage(view, (), (), (), (), {})
    touchers, more_touchers = first(touched.touchers, ROWS)
    on_behalf, more_on_behalf = first(touched.on_behalf, ROWS)
    handed, more_handed = first(touched.handed, ROWS)
    destinations, more = first(goes.destinations, ROWS)
    left = {"touchers": more_touchers, "on_behalf": more_on_behalf, "handed": more_handed, "goes": more}
    return FieldPage(view, touchers, on_behalf, handed, destinations, left)
