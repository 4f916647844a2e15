"""Which fields nobody reads: what is kept, and perhaps written, without anyone taking it out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from lineage.audit import Access, Audit
from lineage.wanted import categories_of, find, row_of

Use = Literal["untouched", "only written", "only looked up by"]


@dataclass(frozen=True, slots=True)
class UnreadField:
    """A field that no operation was seen to take out of its store, and what it was seen used for."""

    field: str
    categories: tuple[str, ...]
    use: Use
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """Unread fields in order of their ids, and how many fields were asked about."""

    fields: tuple[UnreadField, ...]
    asked: int


def unread(audit: Audit, wanted: str | None = None) -> Unread:
    """The answer for all fields that have a category, or for those of a pattern or category. Raises UnknownName.

    Whoever takes whole rows of a table counts as a reader of all its fields.
    """
    labels = categories_of(audit)
    meant = find(audit, wanted).fields if wanted is not None else labels.keys()
    asked = {field for field in meant if field != row_of(field)}
    by_field: dict[str, list[Access]] = defaultdict(list)
    for access in audit.accesses:
        by_field[access.field].append(access)
    found = []
    for field in sorted(asked):
        accesses = by_field.get(field, []) + by_field.get(row_of(field), [])
        roles = {role for access in accesses for role in access.roles}
        if "projected" in roles:
            continue
        use: Use = "untouched" if not roles else "only written" if roles == {"written"} else "only looked up by"
        services = tuple(sorted({access.service for access in accesses}))
        found.append(UnreadField(field, labels.get(field, ()), use, services))
    return Unread(tuple(found), len(asked))
