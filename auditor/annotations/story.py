"""A field's story in plain lines: its labels with their reasons, who touches it, and what to write to correct it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from classifiers.decisions import Pattern
from lineage.audit import Audit, AuditField
from reports.text import count, visible

MOST_FIELDS = 20
MOST_ACCESSES = 10
_NAME = 200  # characters of a name that are shown


def fields_of(audit: Audit, wanted: str) -> tuple[AuditField, ...]:
    """The fields that an id or a pattern (as in a decision) means."""
    exact = tuple(field for field in audit.fields if field.id == wanted)
    pattern = Pattern(wanted)
    return exact or tuple(field for field in audit.fields if pattern.fits(field.store, field.table, field.column))


def stories(audit: Audit, wanted: str, by: str, today: str) -> Iterator[str]:
    """The stories of all fields that `wanted` means, no line at all when there are none."""
    fields = fields_of(audit, wanted)
    for field in fields[:MOST_FIELDS]:
        yield from _story(audit, field)
    if len(fields) > MOST_FIELDS:
        yield f"and {count(len(fields) - MOST_FIELDS, 'more field')}: give a narrower pattern"
    if fields:
        yield from _correction(fields[0], by, today)


def _story(audit: Audit, field: AuditField) -> Iterator[str]:
    kind = f" ({visible(field.type, _NAME)})" if field.type else ""
    yield f"{visible(field.id, _NAME)}{kind}"
    for label in field.labels:
        yield f"  {visible(label.category, _NAME)}, {label.facet}, confidence {label.confidence:g}"
        for why in label.evidence:
            yield f"    because {visible(why, 500)}"
    if not field.labels:
        yield "  no label: nothing says that it is personal"
    touching = sorted(
        (a for a in audit.accesses if a.field in (field.id, f"{field.store}/{field.table}.*")),
        key=lambda a: (-a.calls, a.service, a.operation, a.field),
    )
    for access in touching[:MOST_ACCESSES]:
        roles = ", ".join(access.roles) + (" as a part of the whole row" if access.field != field.id else "")
        who = f"{visible(access.service, _NAME)}, {visible(access.operation, _NAME)}"
        yield f"  touched by {who}: {roles} ({count(access.calls, 'call')})"
    if len(touching) > MOST_ACCESSES:
        yield f"  and by {count(len(touching) - MOST_ACCESSES, 'more operation')} (in audit.json)"
    if not touching:
        yield "  touched by nobody that was seen"


def _correction(field: AuditField, by: str, today: str) -> Iterator[str]:
    category = field.labels[0].category if field.labels else "..."
    yield ""
    yield 'To correct it, add this to auditor.toml, with the category it has ("none": not personal) and why:'
    yield ""
    yield from correction(field.id, category, "...", by, today)


def correction(match: str, category: str, reason: str, by: str, today: str) -> Iterator[str]:
    """The lines of auditor.toml that decide on the category of fields."""
    yield "[[fields]]"
    yield f"match = {_toml(match)}"
    yield f"category = {_toml(category)}"
    yield f"reason = {_toml(reason)}"
    yield f"by = {_toml(by)}"
    yield f"date = {today}"


def _toml(text: str) -> str:
    # JSON's escapes and the codes of `visible` are all escapes of TOML's basic strings too.
    return visible(json.dumps(text, ensure_ascii=False))
