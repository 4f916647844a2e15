"""Jaeger JSON to raw spans: what its query API and UI export, single traces, and Elasticsearch documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from auditor.telemetry.raw import KINDS, Attributes, BadSpan, Event, RawSpan, Value
from auditor.telemetry.semconv import first_text
from auditor.telemetry.values import list_of, span_id, text_of, time_ns, trace_id
from auditor.telemetry.weight import weight_of_probability

Fault = Callable[[str], None]
Processes = dict[str, tuple[str | None, Attributes]]
_MICROSECOND = 1000
_MAX_WRAPS = 6
# What tags say beside what attributes say: the keys, best first.
KIND = ("span.kind",)
SCOPE = tuple(f"otel.{word}.name" for word in ("scope", "library"))
ERROR = ("error", "otel.status_code")
TRACE_STATE = ("w3c.tracestate",)
STATUS_MESSAGE = ("otel.status_description", "otel.status.description")
SAMPLER = ("sampler.type", "sampler.param")
PARENTS = ("CHILD_OF", "FOLLOWS_FROM")  # with no CHILD_OF, a FOLLOWS_FROM in the same trace is the parent
_TRUE = (True, "true", "True", 1)


def is_jaeger(document: Value) -> bool:
    """Whether a JSON value is Jaeger's: an API answer, a trace, a span of Elasticsearch, or a list of these."""
    if isinstance(document, list):
        document = document[0] if document else None
    if not isinstance(document, dict):
        return False
    source, hits, data = document.get("_source"), document.get("hits"), document.get("data")
    if isinstance(source, dict):
        document = source
    if "traceID" in document:
        return "spans" in document or "spanID" in document
    if isinstance(hits, dict):
        return isinstance(hits.get("hits"), list)
    return isinstance(data, list) and (not data or (isinstance(data[0], dict) and "spans" in data[0]))


def read_jaeger(document: Value, fault: Fault) -> Iterator[RawSpan]:
    """The spans of one document. What is no span is told to `fault` in words that quote nothing, and left out."""
    for trace in _traces(document):
        processes = _processes(trace.get("processes"))
        spans: list[Value] = list_of(trace["spans"]) if "spans" in trace else [trace]
        if "spans" in trace and not isinstance(trace["spans"], list):
            fault("spans is not a list")
        weight = _weight(spans)
        for span in spans:
            try:
                yield _span(span, trace, processes, weight)
            except BadSpan as bad:
                fault(str(bad))


def _traces(document: Value, depth: int = 0) -> Iterator[dict[str, Value]]:
    """The traces, and the spans that stand alone, in whatever they are wrapped."""
    if depth > _MAX_WRAPS:
        return
    if isinstance(document, list):
        for item in document:
            yield from _traces(item, depth + 1)
    elif isinstance(document, dict):
        if "spans" in document or "spanID" in document:
            yield document
        else:
            for wrapper in ("_source", "hits", "data"):
                yield from _traces(document.get(wrapper), depth + 1)


def _processes(processes: Value) -> Processes:
    if not isinstance(processes, dict):
        return {}
    return {key: read_process(process) for key, process in processes.items()}


def read_process(process: Value) -> tuple[str | None, Attributes]:
    """(service, attributes of the resource)."""
    if not isinstance(process, dict):
        return None, {}
    return text_of(process.get("serviceName")), _tags(process)


def _tags(owner: dict[str, Value]) -> dict[str, Value]:
    """`tags` as a list of key and value, and `tag` as Elasticsearch has it: a map whose dots are written `@`."""
    result: dict[str, Value] = {}
    tags, tag_map = owner.get("tags"), owner.get("tag")
    for tag in list_of(tags):
        if isinstance(tag, dict) and isinstance(key := tag.get("key"), str) and tag.get("type") != "binary":
            result[key] = tag.get("value")
    for written in (tags, tag_map):
        if isinstance(written, dict):
            result.update({key.replace("@", "."): value for key, value in written.items()})
    return {key: value for key, value in result.items() if isinstance(value, (str, int, float))}


def _weight(spans: list[Value]) -> float | None:
    """What the sampler says on a trace's root holds for the whole trace."""
    for span in spans:
        tags = _tags(span) if isinstance(span, dict) else {}
        if is_sampled(tags):
            return weight_of_sampler(tags)
    return None


def is_sampled(tags: Attributes) -> bool:
    """Whether a sampler that keeps a share of traces says so on this span."""
    return tags.get("sampler.type") == "probabilistic"


def weight_of_sampler(tags: Attributes) -> float | None:
    """How many traces one stands for."""
    try:
        return weight_of_probability(float(text_of(tags.get("sampler.param")) or 0))
    except ValueError:
        return None


def kind_of(tags: Attributes) -> str:
    """The span's kind."""
    kind = str(tags.get("span.kind", "")).lower()
    return kind if kind in KINDS else "unspecified"


def is_error(tags: Attributes) -> bool:
    """Whether the span failed."""
    return tags.get("error") in _TRUE or str(tags.get("otel.status_code")) in ("ERROR", "2")


def scope_of(tags: Attributes) -> str | None:
    """The instrumentation scope's name."""
    return first_text(tags, SCOPE)


def status_message_of(tags: Attributes) -> str:
    """What is said of the span's status."""
    return first_text(tags, STATUS_MESSAGE) or ""


def trace_state_of(tags: Attributes) -> str:
    """The W3C trace state."""
    return first_text(tags, TRACE_STATE) or ""


def event_name(fields: Attributes) -> str:
    """The name of a log line's event."""
    name = str(fields.get("event", ""))
    return "exception" if name == "error" else name


def _span(span: Value, trace: dict[str, Value], processes: Processes, weight: float | None) -> RawSpan:
    if not isinstance(span, dict):
        raise BadSpan("an entry of spans is not an object")
    own_trace = trace_id(span.get("traceID")) or trace_id(trace.get("traceID"))
    own = span_id(span.get("spanID"))
    if own_trace is None or own is None:
        raise BadSpan("a span without a trace id or span id")
    service, resource = (
        processes.get(text_of(span.get("processID")) or "", (None, {}))
        if span.get("process") is None
        else read_process(span["process"])
    )
    tags = _tags(span)
    parent, links = _references(span, own_trace)
    start = time_ns(span.get("startTime"), _MICROSECOND)
    return RawSpan(
        trace_id=own_trace,
        span_id=own,
        parent_id=parent,
        resource=resource,
        service=service,
        name=text_of(span.get("operationName")) or "",
        kind=kind_of(tags),
        start_ns=start,
        end_ns=start + time_ns(span.get("duration"), _MICROSECOND),
        attributes=tags,
        scope=scope_of(tags),
        links=links,
        error=is_error(tags),
        status_message=status_message_of(tags),
        events=tuple(_events(span.get("logs"))),
        trace_state=trace_state_of(tags),
        weight=weight,
    )


def _references(span: dict[str, Value], own_trace: str) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    """The parent, and everything else that is referred to."""
    parent = span_id(span.get("parentSpanID"))
    found: list[tuple[str, str, str]] = []
    for reference in list_of(span.get("references")):
        if isinstance(reference, dict):
            trace, target = trace_id(reference.get("traceID")) or own_trace, span_id(reference.get("spanID"))
            if target is not None:
                found.append((str(reference.get("refType")), trace, target))
    for wanted in PARENTS:
        for type_, trace, target in found:
            if parent is None and type_ == wanted and trace == own_trace:
                parent = target
    return parent, tuple((trace, target) for _, trace, target in found if (trace, target) != (own_trace, parent))


def _events(logs: Value) -> Iterator[Event]:
    for log in list_of(logs):
        if isinstance(log, dict):
            fields = _tags({"tags": log.get("fields")})
            yield Event(event_name(fields), fields)
