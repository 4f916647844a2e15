"""The names of values that a span shows in an exchange. The values are dropped here."""

from __future__ import annotations

import re
from collections.abc import Iterator

import orjson

from auditor.telemetry import semconv
from auditor.telemetry.graphql_document import selection
from auditor.telemetry.memory import remembered
from auditor.telemetry.raw import Attributes, Value
from auditor.telemetry.redact import MASK, key_name
from auditor.telemetry.url import split_url

KeySeen = tuple[str, str]  # place, name
_MAX_KEYS, _MAX_DEPTH, _MAX_BODY = 200, 8, 1 << 16
_BODY = re.compile(
    r"(?:.*[._])?(?:(?:request|response|message|http|rpc)[._])?(?:body|payload)(?:[._](?:content|text|data|json))?"
)
_CUT_OFF_KEY = re.compile(r'"([^"\\]{1,80})"\s*:')
_FORM = re.compile(r"[^\s=&{}<>]{1,80}=[^\s&]*(?:&[^\s=&]{1,80}=[^\s&]*)*")


def keys_seen(attributes: Attributes, route_names: tuple[str, ...]) -> list[KeySeen]:
    """Every (place, name) that the attributes show, and the route's parameters; sorted, each once.

    A GraphQL document shows what it selects, which the answer then holds (place "graphql", `patient.email`), and what
    it gives values for (place "body", `input.email`).
    """
    found = {("path", name) for name in route_names}
    if (document := semconv.first_text(attributes, semconv.GRAPHQL_DOCUMENT)) is not None:
        asked = selection(document, semconv.first_text(attributes, semconv.GRAPHQL_NAME))
        found.update(("body", name) for name in asked.arguments)
        found.update(("graphql", name) for name in asked.paths)
    for key, value in attributes.items():
        place = place_of(key)
        if place is None or len(found) >= _MAX_KEYS:
            continue
        if place == "query":
            found.update(query_keys(value, key in semconv.URL_QUERY))
        elif place.endswith("body"):
            found.update((place, name) for name in body_keys(value))
        elif name := key_name(key[_prefix_length(key) :]):
            found.add((place, name.lower() if place in ("header", "metadata", "response_header") else name))
    return sorted(found)[:_MAX_KEYS]


@remembered
def place_of(key: str) -> str | None:
    """Where an attribute shows names: query, header, metadata, parameter, body, and response_ before header and body;
    None for nowhere."""
    if key in semconv.URLS:
        return "query"
    if key.startswith(semconv.HEADER_PREFIXES):
        return "response_header" if key.startswith("http.response.") else "header"
    if key.startswith(semconv.METADATA_PREFIXES):
        return "metadata"
    if key.startswith(semconv.DB_PARAMETER_PREFIXES):
        return "parameter"
    if len(key) < 100 and _BODY.fullmatch(key):
        return "response_body" if "response" in key else "body"
    return None


def body_keys(value: Value) -> tuple[str, ...]:
    """The dotted key paths (`card.number`, `items[].sku`) of a payload: JSON, also cut off, or a form."""
    if isinstance(value, str):
        return _text_keys(value[:_MAX_BODY])
    return tuple(dict.fromkeys(_paths(value, "", 0)))[:_MAX_KEYS]


def _prefix_length(key: str) -> int:
    prefixes = (*semconv.HEADER_PREFIXES, *semconv.METADATA_PREFIXES, *semconv.DB_PARAMETER_PREFIXES)
    return next(len(prefix) for prefix in prefixes if key.startswith(prefix))


def query_keys(value: Value, is_query: bool) -> set[KeySeen]:
    """The keys of a URL's query, or (`is_query`) of a bare query."""
    if not isinstance(value, str) or ("?" not in value and not is_query):
        return set()
    return {("query", name) for key, _ in split_url(value, is_query).query if (name := key_name(key))}


@remembered
def _text_keys(text: str) -> tuple[str, ...]:
    stripped = text.strip()
    if stripped[:1] in ("{", "["):
        try:
            paths = list(_paths(orjson.loads(stripped), "", 0))
        except (orjson.JSONDecodeError, RecursionError):
            paths = [name for key in _CUT_OFF_KEY.findall(stripped) if (name := key_name(key))]
    elif _FORM.fullmatch(stripped):
        paths = [name for key, _ in split_url(stripped, is_query=True).query if (name := key_name(key))]
    else:
        paths = []
    return tuple(dict.fromkeys(paths))[:_MAX_KEYS]


def _paths(value: Value, path: str, depth: int) -> Iterator[str]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            name = key_name(str(key)) or MASK
            yield from _paths(inner, f"{path}.{name}" if path else name, depth + 1)
    elif isinstance(value, list):
        for inner in value[:20]:
            yield from _paths(inner, f"{path}[]", depth + 1)
    elif path.strip("[]"):
        yield path
