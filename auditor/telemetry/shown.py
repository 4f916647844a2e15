"""Values that telemetry shows in an exchange, by kind: where a name says nothing, what was judged still does."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.telemetry.keys import place_of

VALUE, ANSWERED_VALUE = "value", "response_value"
_EXCHANGING = ("server", "client", "producer", "consumer")
_OF_REQUESTS = ("query", "header", "metadata", "body")


def shown_values(leaks: Iterable[tuple[str, str]], kind: str) -> list[tuple[str, str]]:
    """(place, category) of the personal data that a span of an exchange shows in URL, headers, metadata or body.

    `leaks` are (attribute, category) as `leaks_of` gives them; the places are `value` and, of an answer's body,
    `response_value`.
    """
    if kind not in _EXCHANGING:
        return []
    found = set()
    for attribute, category in leaks:
        place = place_of(attribute.partition("?")[0])
        if place is not None and place.startswith("response_"):
            found.add((ANSWERED_VALUE, category))
        elif place in _OF_REQUESTS:
            found.add((VALUE, category))
    return sorted(found)
