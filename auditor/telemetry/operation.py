"""What a span's work is called, and over which protocol: templates and names only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from auditor.telemetry import semconv
from auditor.telemetry.graphql_document import KINDS, Selection, selection
from auditor.telemetry.memory import ENTRIES
from auditor.telemetry.raw import Attributes, RawSpan
from auditor.telemetry.redact import MASK, mask_name, mask_title
from auditor.telemetry.route import OTHER_METHOD, looks_templated, masked_path, method_of, readable_route
from auditor.telemetry.url import split_url

_NAMED_KINDS = ("server", "consumer", "client", "producer", "unspecified")
MAX_TEXT, _MAX_ROOTS = 1000, 3
_GRAPHQL = semconv.GRAPHQL_TYPE + semconv.GRAPHQL_NAME + semconv.GRAPHQL_DOCUMENT
_BROKERS = {"kafka": "kafka", "rabbitmq": "rabbitmq", "rabbit": "rabbitmq", "activemq": "activemq", "jms": "jms"}
_VERBS = {"receive": "receive", "settle": "settle", "process": "process"}


@dataclass(frozen=True, slots=True)
class Work:
    """`kind` may differ from the sender's: a client that polls a queue consumes, one that settles only keeps house."""

    kind: str
    protocol: str | None = None
    operation: str | None = None
    route: str | None = None  # the readable route, when one is known
    messaging_system: str | None = None
    channel: str | None = None


def work_of(raw: RawSpan) -> Work:
    """The protocol and operation of a span that is no database span."""
    attributes = raw.attributes
    if semconv.has_any(attributes, semconv.MESSAGING_SYSTEM + semconv.MESSAGING_DESTINATION):
        return _messaging(raw)
    if raw.kind in ("producer", "consumer") and raw.peer and _broker(raw.peer):
        return _messaging(raw)
    if operation := _graphql(attributes):
        return Work(raw.kind, "graphql", operation)
    if semconv.has_any(attributes, semconv.RPC_SYSTEM + semconv.RPC_SERVICE):
        return _rpc(raw)
    if semconv.has_any(attributes, semconv.HTTP_METHOD + semconv.URLS + semconv.HTTP_ROUTE):
        return _http(raw)
    if semconv.has_any(attributes, semconv.FAAS):
        name = semconv.first_text(attributes, ("faas.name", "faas.invoked_name")) or raw.name
        return Work(raw.kind, "faas", mask_name(name))
    is_named = raw.kind in _NAMED_KINDS or raw.parent_id is None or raw.remote_parent is True
    return Work(raw.kind, None, mask_title(raw.name) if is_named else None)


def _http(raw: RawSpan) -> Work:
    attributes = raw.attributes
    words = raw.name[:MAX_TEXT].split()
    method = semconv.first_text(attributes, semconv.HTTP_METHOD)
    method = method or next((word for word in words[:2] if method_of(word) != OTHER_METHOD), None)
    template = semconv.first_text(attributes, semconv.HTTP_ROUTE)
    if template is None and words and words[-1].startswith("/") and looks_templated(words[-1]):
        template = words[-1]
    route = readable_route(template) if template is not None else None
    path = semconv.first_text(attributes, semconv.URL_PATH) or semconv.first_text(attributes, semconv.URL_FULL)
    texts = (text[:MAX_TEXT] if text else text for text in (method, route, path, raw.name))
    return Work(raw.kind, "http", _http_name(*texts), route)


@lru_cache(ENTRIES)
def _http_name(method: str | None, route: str | None, path: str | None, name: str | None) -> str | None:
    place = route or (masked_path(split_url(path).path) if path else "")
    return f"{method_of(method) if method else ''} {place}".strip() or mask_title(name or "")


def _rpc(raw: RawSpan) -> Work:
    attributes = raw.attributes
    system = semconv.first_text(attributes, semconv.RPC_SYSTEM)
    service = semconv.first_text(attributes, semconv.RPC_SERVICE)
    method = semconv.first_text(attributes, semconv.RPC_METHOD)
    if method and ("/" in method or not service):
        name = method
    elif method:
        name = f"{service}/{method}"
    else:
        name = raw.name
    protocol = mask_name(semconv.new_rpc_system(system.lower())) if system else "rpc"
    return Work(raw.kind, protocol, mask_name(name.lstrip("/")))


def _graphql(attributes: Attributes) -> str | None:
    """`query NAME`, by the operation's name or else the root fields it selects; None when no attribute tells of any."""
    if not semconv.has_any(attributes, _GRAPHQL):
        return None
    name = semconv.first_text(attributes, semconv.GRAPHQL_NAME)
    document = semconv.first_text(attributes, semconv.GRAPHQL_DOCUMENT)
    asked = selection(document, name) if document else Selection()
    name = mask_name(name) if name else asked.name
    if name is None:
        roots = dict.fromkeys(path.partition(".")[0] for path in asked.paths)
        name = ", ".join(list(roots)[:_MAX_ROOTS])
    kind = (semconv.first_text(attributes, semconv.GRAPHQL_TYPE) or "").lower()
    if kind not in KINDS:
        kind = asked.kind if asked.paths else "operation"
    if name:
        return f"{kind} {name}"
    # A route says more than a bare `query`.
    return None if semconv.has_any(attributes, semconv.HTTP_ROUTE + semconv.URLS) else kind


def _messaging(raw: RawSpan) -> Work:
    attributes = raw.attributes
    system = semconv.first_text(attributes, semconv.MESSAGING_SYSTEM) or _system_of_keys(attributes)
    channel = _channel(attributes)
    if raw.peer and (broker := _broker(raw.peer)):
        system, channel = system or broker, channel or mask_name(raw.peer)
    type_ = (semconv.first_text(attributes, semconv.MESSAGING_OPERATION) or "").lower()
    type_ = semconv.new_messaging_operation(type_)
    kind = raw.kind
    if kind == "client" and type_ == "receive":
        kind = "consumer"  # older libraries call the same span a consumer
    elif kind == "client" and type_ == "settle":
        kind = "internal"
    verb = _VERBS.get(type_, "process") if kind == "consumer" else _VERBS.get(type_, "publish")
    task = semconv.first_text(attributes, semconv.TASK)
    subject = mask_name(task) if task else channel
    operation = f"{verb} {subject}" if subject else mask_title(raw.name)
    return Work(kind, "messaging", operation, None, mask_name(system.lower()) if system else None, channel)


def _channel(attributes: Attributes) -> str | None:
    name = semconv.first_text(attributes, semconv.MESSAGING_DESTINATION)
    has_template = bool(attributes.get("messaging.destination.template"))
    if not has_template and any(attributes.get(key) in (True, "true") for key in semconv.MESSAGING_PASSING):
        return f"(temporary) {MASK}"
    return mask_name(name) if name else None


def _broker(peer: str) -> str | None:
    return _BROKERS.get(peer.lower())


def _system_of_keys(attributes: Attributes) -> str | None:
    if "kafka.topic" in attributes:
        return "kafka"
    return "rabbitmq" if "rabbit.queue" in attributes or "messaging.rabbitmq.routing_key" in attributes else None
