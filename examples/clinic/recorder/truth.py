"""The ground truth: which canary was found in which message, in which column, in which span attribute."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from recorder.database import Database

SHORT = 6  # characters: shorter values count only when they are a whole value

# Field to the data categories that count as right: a category counts when it begins with one of them.
CATEGORIES = {
    "patient_id": "user.unique_id user.account",
    "first_name": "user.name",
    "last_name": "user.name",
    "birth_date": "user.demographic.date_of_birth",
    "email": "user.contact.email",
    "phone": "user.contact.phone_number",
    "birth_year": "user.demographic",
    "insurance_number": "user.health_and_medical user.government_id user.financial",
    "ssn": "user.government_id",
    "password": "user.authorization",
    "password_hash": "user.authorization",
    "street": "user.contact.address user.location",
    "city": "user.contact.address user.location",
    "postal_code": "user.contact.address user.location",
    "icd_code": "user.health_and_medical",
    "note": "user.health_and_medical user.content",
    "complaint": "user.health_and_medical user.content",
    "card_number": "user.financial user.payment",
    "card_expiry": "user.financial user.payment",
    "card_cvc": "user.financial user.payment user.authorization",
    "card_last_four": "user.financial user.payment",
}

Found = tuple[str, int]  # field, number of the person


class Canaries:
    """All values of all people, to look for in texts."""

    def __init__(self, people: list[dict[str, str]]) -> None:
        self._values = [(value, (field, n)) for n, person in enumerate(people) for field, value in person.items()]

    def in_value(self, text: str) -> set[Found]:
        """The canaries that a value is, or holds."""
        return {found for value, found in self._values if text == value or (len(value) >= SHORT and value in text)}


def flows(wire_log: Path, canaries: Canaries) -> list[dict[str, Any]]:
    """One entry per sender, receiver, direction, operation, place and field."""
    groups: dict[tuple[str, ...], list[Found]] = defaultdict(list)
    for line in wire_log.read_text(encoding="utf-8").splitlines():
        message = json.loads(line)
        via = re.sub(r"/\d+", "/{id}", message["via"])
        for where, key, value in _values(message["where"], message["content"]):
            for found in canaries.in_value(value):
                groups[message["from"], message["to"], message["direction"], via, where, key, found[0]].append(found)
    return [
        {
            "field": field,
            "from": source,
            "to": target,
            "via": via,
            "direction": direction,
            "where": where,
            "key": key,
            "hits": len(found),
            "distinct_people": len(set(found)),
        }
        for (source, target, direction, via, where, key, field), found in sorted(groups.items())
    ]


def _values(where: str, content: Any) -> Iterator[tuple[str, str, str]]:
    """(place, key, value) of every value in a message."""
    if where == "query":
        for pair in content.split("&"):
            key, _, value = pair.partition("=")
            yield where, key, unquote_plus(value)
    elif where == "path":
        for segment in content.split("/"):
            yield where, "", segment
    else:
        document = content
        if isinstance(content, str) and content:
            document = json.loads(content) if content[0] in "[{" else list(csv.DictReader(io.StringIO(content)))
        yield from ((where, key, value) for key, value in _leaves(document, ""))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, f"{path}[]")
    else:
        yield path, str(value)


def columns(database: Database, names: tuple[str, ...], canaries: Canaries) -> list[dict[str, Any]]:
    """The columns that hold canaries."""
    found = []
    for name in names:
        listing = (
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'public' ORDER BY 1, ordinal_position"
        )
        for table, column, type_ in database.rows(name, listing):
            values = [row[0] for row in database.rows(name, f'SELECT "{column}"::text FROM "{table}"') if row]
            fields: dict[str, int] = defaultdict(int)
            for value in values:
                for field in {field for field, _ in canaries.in_value(value)}:
                    fields[field] += 1
            if fields:
                entry = {"database": name, "table": table, "column": column, "type": type_}
                found.append(entry | {"canary_fields": dict(sorted(fields.items())), "values": len(values)})
    return found


def leaks(documents: list[dict[str, Any]], canaries: Canaries) -> list[dict[str, Any]]:
    """The span attributes that hold canaries."""
    counts: dict[tuple[str, str, str], int] = defaultdict(int)
    for document in documents:
        for resource in document["resourceSpans"]:
            names = {a["key"]: a["value"].get("stringValue") for a in resource["resource"]["attributes"]}
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    for attribute in span.get("attributes", ()):
                        text = unquote_plus(str(next(iter(attribute["value"].values()), "")))
                        for field in {field for field, _ in canaries.in_value(text)}:
                            counts[str(names["service.name"]), attribute["key"], field] += 1
    return [
        {"service": service, "attribute": attribute, "field": field, "spans": count}
        for (service, attribute, field), count in sorted(counts.items())
    ]
