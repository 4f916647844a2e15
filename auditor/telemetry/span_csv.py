"""CSV of spans to raw spans: a row a span, its columns found by `csv_layout` (docs/formats.md)."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import orjson

from auditor.telemetry.csv_layout import UNITS, Layout
from auditor.telemetry.csv_records import read_records
from auditor.telemetry.raw import KINDS, Attributes, BadSpan, RawSpan, Value
from auditor.telemetry.span_name import database_of, is_called
from auditor.telemetry.values import MAX_TIME, span_id, trace_id

Fault = Callable[[str, str], None]  # where, what
# What a root has in place of a parent.
_NO_PARENT = frozenset(("", "root", "null", "none", "nil", "nan", "n/a", "na", "-", "-1", "undefined", "\\n"))
_KIND_NUMBERS = dict(enumerate(("unspecified", "internal", "server", "client", "producer", "consumer")))
_ERRORS = frozenset(("error", "true", "1", "2", "status_code_error", "failed"))
# Kubernetes: <deployment>-<hash of the template>-<random>, <daemon set or job>-<random>, <stateful set>-<ordinal>.
# Hashes and random parts have no vowels, no 0, 1 and 3; old hashes and the minutes of a cron job are digits.
_SAFE = "bcdfghjklmnpqrstvwxz2456789"
_POD = re.compile(rf"(.+?)(?:-(?:[{_SAFE}]{{6,10}}|\d{{6,10}})-[{_SAFE}]{{5}}|-[{_SAFE}]{{5}}|-\d{{1,4}})")
_NUMBER = re.compile(r"(\d+)(?:\.(\d*))?")
_FLOAT = re.compile(r"\d(?:\.\d{1,20})?e\+?\d{1,2}", re.IGNORECASE)
_DATE = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,](\d{1,9})\d*)?\s?(Z|UTC|[+-]\d\d:?\d\d)?", re.IGNORECASE)


def read_span_csv(stream: io.BufferedReader, layout: Layout, fault: Fault) -> Iterator[RawSpan]:
    """The spans of all rows. A row that is no span is told to `fault` in words that quote nothing, and left out."""
    for where, cells in read_records(stream, layout.delimiter, layout.width, fault):
        try:
            yield _span(cells, layout)
        except BadSpan as bad:
            fault(where, str(bad))


def _span(cells: Sequence[str], layout: Layout) -> RawSpan:
    def cell(role: str) -> str:
        at = layout.columns.get(role)
        return cells[at].strip() if at is not None else ""

    own_trace, own = trace_id(cell("trace_id")), span_id(cell("span_id"))
    if own_trace is None or own is None:
        raise BadSpan("a row without a trace id or span id")
    start = _start(cell("start"), layout.units.get("start"))
    if start is None:
        raise BadSpan("a row without a start that is a time")
    above = cell("parent_id")
    parent = None if above.lower() in _NO_PARENT else span_id(above)
    name = cell("operation")
    attributes: dict[str, Value] = {**_object(cell("attributes"))}
    attributes |= {key: cells[at] for key, at in layout.attributes.items() if cells[at]}
    kind = _kind(cell("kind"))
    if kind == "unspecified" and not attributes:
        attributes |= database_of(name)
        kind = "server" if parent is None and is_called(name) else kind
    return RawSpan(
        trace_id=own_trace,
        span_id=own,
        parent_id=parent,
        resource=_object(cell("resource")),
        service=_service(cell("service"), cell("pod"), layout.is_pod),
        name=name,
        kind=kind,
        start_ns=start,
        end_ns=_end(start, cell("start"), cell("end"), cell("duration"), layout),
        attributes=attributes,
        error=cell("status").lower() in _ERRORS,
    )


def _service(service: str, pod: str, is_pod: bool) -> str | None:
    if service and not is_pod:
        return service
    name = service or pod
    return service_of_pod(name) if name else None


def service_of_pod(pod: str) -> str:
    """A pod's name without what Kubernetes appends to that of its deployment, job, daemon set or stateful set."""
    match = _POD.fullmatch(pod)
    return match[1] if match else pod


def _kind(text: str) -> str:
    word = text.lower().removeprefix("span_kind_")
    if word.isdigit() and len(word) == 1:
        word = _KIND_NUMBERS.get(int(word), "")
    return word if word in KINDS else "unspecified"


def _object(text: str) -> Attributes:
    """A cell that holds a JSON object; nothing for any other."""
    if not text.startswith("{"):
        return {}
    try:
        found = orjson.loads(text)
    except (orjson.JSONDecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _start(text: str, unit: str | None) -> int | None:
    """Nanoseconds since the epoch of a number or a date; None for anything else."""
    if (match := _NUMBER.fullmatch(text)) and len(match[1]) <= 20:
        return _scaled(match, UNITS[unit] if unit else UNITS[_unit_of_size(int(match[1]))])
    if match := _FLOAT.fullmatch(text):  # as some tools write large numbers
        return _start(str(int(float(text))), unit)
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    zone = (match[3] or "Z").upper().replace("UTC", "+00:00").replace("Z", "+00:00")
    try:
        moment = datetime.fromisoformat(match[1] + zone)
    except ValueError:
        return None
    seconds = int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
    return min(max(seconds * 10**9 + int((match[2] or "0").ljust(9, "0")), 0), MAX_TIME)


def _end(start: int, started: str, ended: str, lasted: str, layout: Layout) -> int:
    """When a span ended: as its end says, else its duration; the start when neither is known."""
    end = _start(ended, layout.units.get("end") or layout.units.get("start"))
    if end is not None:
        return max(start, end)
    match = _NUMBER.fullmatch(lasted)
    if match is None or len(match[1]) > 20:
        return start
    unit = layout.units.get("duration") or layout.units.get("start")
    if unit is None:  # as the start's; a date does not tell, and what writes dates counts in nanoseconds
        number = _NUMBER.fullmatch(started)
        unit = _unit_of_size(int(number[1])) if number else "ns"
    return min(start + _scaled(match, UNITS[unit]), MAX_TIME)


def _scaled(match: re.Match[str], scale: int) -> int:
    fraction = (match[2] or "")[:9]
    return min(int(match[1]) * scale + (int(fraction) * scale // 10 ** len(fraction) if fraction else 0), MAX_TIME)


def _unit_of_size(number: int) -> str:
    """The unit in which a number is a time of our days: seconds have 10 digits, milliseconds 13, and so on."""
    return "s" if number < 10**11 else "ms" if number < 10**14 else "us" if number < 10**17 else "ns"
