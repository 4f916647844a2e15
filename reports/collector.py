"""Audit -> a configuration of the OpenTelemetry Collector that stops the telemetry leaks.

Statements of the transform processor, in OTTL, one group a service:
https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/transformprocessor
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable

from lineage.audit import Audit
from lineage.model import Leak
from reports.text import visible

REDACTED = "REDACTED"
_URLS = ("url.full", "http.url", "url.path", "http.target", "url.query")
_STATEMENTS = ("db.query.text", "db.statement", "sql.query")
_OF_PROCESSES = ("process.", "host.")
_LITERALS = r"'(?:[^']|'')*'|\b\d{4,}\b"


def collector_config(audit: Audit) -> str:
    """YAML text. Attributes whose values are personal are deleted, query keys and SQL literals overwritten, URLs with
    values in their path replaced by the route. A report without leaks gives a comment that says so."""
    if not audit.leaks:
        return "# No personal data was seen inside telemetry: nothing to stop.\n"
    by_service: dict[str, list[Leak]] = defaultdict(list)
    for leak in sorted(audit.leaks):
        by_service[leak.service].append(leak)
    lines = [
        "# Stops the personal data that the audit saw inside telemetry, at the OpenTelemetry Collector.",
        "# Add transform/privacy to the processors of your traces pipeline. Review it: attributes are deleted.",
        "processors:",
        "  transform/privacy:",
        "    error_mode: ignore",
        "    trace_statements:",
    ]
    for service, leaks in by_service.items():
        spans = list(dict.fromkeys(s for leak in leaks for s in _span_statements(leak.attribute)))
        events = list(dict.fromkeys(s for leak in leaks for s in _event_statements(leak.attribute)))
        resources = list(dict.fromkeys(s for leak in leaks for s in _resource_statements(leak.attribute)))
        for context, statements in (("span", spans), ("spanevent", events), ("resource", resources)):
            lines += _group(service, context, statements)
    return "\n".join(lines) + "\n"


def _group(service: str, context: str, statements: Iterable[str]) -> list[str]:
    listed = [f"          - {_yaml(statement)}" for statement in statements]
    if not listed:
        return []
    condition = f'resource.attributes["service.name"] == {_text(service)}'
    head = [f"      - context: {context}", "        conditions:", f"          - {_yaml(condition)}"]
    return [*head, "        statements:", *listed]


def _span_statements(attribute: str) -> list[str]:
    key, _, query = attribute.partition("?")
    target = f"attributes[{_text(key)}]"
    if query:
        pattern = "([?&]" + re.escape(query) + "=)[^&#]*"
        return [f"replace_pattern({target}, {_text(pattern)}, {_text('${1}' + REDACTED)})"]
    if key == "span.name":
        return [f"set(name, {_text(REDACTED)})"]
    if key == "status.message":
        return [f"set(status.message, {_text(REDACTED)})"]
    if key in _STATEMENTS:
        return [f"replace_pattern({target}, {_text(_LITERALS)}, {_text('?')})"]
    if key in _URLS:
        return [
            f'set({target}, attributes["http.route"]) where {target} != nil and attributes["http.route"] != nil',
            f'delete_key(attributes, {_text(key)}) where attributes["http.route"] == nil',
        ]
    return [] if _is_of_event(key) or key.startswith(_OF_PROCESSES) else [f"delete_key(attributes, {_text(key)})"]


def _event_statements(attribute: str) -> list[str]:
    if attribute == "event.name":
        return [f"set(name, {_text(REDACTED)})"]
    return [f"delete_key(attributes, {_text(attribute)})"] if _is_of_event(attribute) else []


def _resource_statements(attribute: str) -> list[str]:
    return [f"delete_key(attributes, {_text(attribute)})"] if attribute.startswith(_OF_PROCESSES) else []


def _is_of_event(key: str) -> bool:
    return key.startswith(("exception.", "event.", "message."))


def _text(value: str) -> str:
    """A string of OTTL. Configurations of the collector read `$` as the start of a variable, so it is doubled."""
    return '"' + visible(value).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$") + '"'


def _yaml(value: str) -> str:
    """A scalar of YAML; JSON's strings are those of YAML too."""
    return json.dumps(value)
