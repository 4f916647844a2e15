"""Which column of a CSV of spans holds what: told by the header where its names are usual, else by the user."""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF8 as BOM
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# What a column may hold -> the usual names of such columns, best first, in small letters and without punctuation.
USUAL: Mapping[str, tuple[str, ...]] = {
    "trace_id": ("traceid", "trace"),
    "span_id": ("spanid", "span"),
    "parent_id": tuple("parentspanid parentid parentspan parent".split()),
    "service": tuple("servicename service serviceid resourceservicename applicationname application".split()),
    "pod": tuple("podname pod k8spodname podid kubernetespodname".split()),
    "operation": tuple("operationname spanname operation operationid methodname name".split()),
    "start": tuple("starttimeunixnano starttime start startts startedat timestamp time".split()),
    "end": tuple("endtimeunixnano endtime end endts finishtime endedat".split()),
    "duration": tuple("duration durationnano durationtime elapsed elapsedtime".split()),
    "kind": ("spankind", "kind"),
    "status": ("statuscode", "spanstatus", "status", "error", "iserror"),
    "attributes": ("spanattributes", "attributes", "tags"),
    "resource": ("resourceattributes", "resource"),
}
ROLES = tuple(USUAL)
_NEEDED = (("trace_id",), ("span_id",), ("parent_id",), ("service", "pod"), ("operation",), ("start",))
_TIMES = ("start", "end", "duration")
_PODS = frozenset(USUAL["pod"])

UNITS: Mapping[str, int] = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9}  # nanoseconds of each
# How a time's unit is written at the end of a header: `startTimeMillis`, `duration_us`, `Duration (ms)`.
_WRITTEN = {
    "ns": "nanoseconds nanosecond nanos nano ns",
    "us": "microseconds microsecond micros micro us µs μs",
    "ms": "milliseconds millisecond millis milli ms",
    "s": "seconds second secs sec s",
}
_UNIT_OF = {word: unit for unit, words in _WRITTEN.items() for word in words.split()}
# Of a header read backwards: forwards, a long header without a unit would take its length's square to read.
_BACKWARDS = "|".join(word[::-1] for word in sorted(_UNIT_OF, key=len, reverse=True))
_UNIT = re.compile(rf"\W*(?P<unit>{_BACKWARDS})(?P<gap>[\W_]*)(?P<rest>.*)", re.DOTALL)
_DELIMITERS = (",", ";", "\t", "|")
_FINEST = ("ns", "us", None, "ms", "s")  # an unnamed unit is told by the size of the numbers
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_\-]+)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """`columns` maps roles to column numbers, `units` the roles of times to what their header or the user says.

    `attributes` maps the names of attributes to column numbers. `is_pod`: the column of the service names pods.
    """

    delimiter: str
    width: int
    columns: Mapping[str, int]
    units: Mapping[str, str]
    attributes: Mapping[str, int]
    is_pod: bool


def layout_of(head: bytes, named: Mapping[str, str] | None = None) -> Layout | None:
    """The layout that a file's first line tells; None when it is no header of a CSV of spans.

    `named` maps what a column holds to its header: a role of ROLES (a time may say its unit, `start_ms`) or the name of
    an attribute, which has a dot. What it does not name is still looked for under its usual names.
    """
    line = head.removeprefix(BOM).partition(b"\n")[0]
    if not line.strip() or b"\0" in line or line.lstrip()[:1] in (b"{", b"["):  # JSON, which may be one long line
        return None
    try:
        text = line.decode("utf-8").rstrip("\r")
    except UnicodeDecodeError:
        return None
    found = (_layout(_split(text, delimiter), delimiter, named or {}) for delimiter in _DELIMITERS if delimiter in text)
    return next((layout for layout in found if layout is not None), None)


def wrong_columns(named: Mapping[str, str]) -> list[str]:
    """What is wrong with a mapping that a user gave, in sentences."""
    wrong = [
        f"'{key}' is neither an attribute's name (with a dot) nor one of: {', '.join(ROLES)}"
        for key in named
        if _role(key) is None and not _ATTRIBUTE.fullmatch(key)
    ]
    return wrong + [f"'{key}' names no column" for key, header in named.items() if not header.strip()]


def _split(text: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([text], delimiter=delimiter))]
    except (csv.Error, StopIteration):
        return []


def _layout(headers: Sequence[str], delimiter: str, named: Mapping[str, str]) -> Layout | None:
    columns: dict[str, int] = {}
    units: dict[str, str] = {}
    attributes: dict[str, int] = {}
    for key, header in named.items():
        place = next((at for at, cell in enumerate(headers) if cell.lower() == header.strip().lower()), None)
        if place is None:
            return None
        role = _role(key)
        if role is None:
            attributes[key] = place
            continue
        columns[role[0]] = place
        unit = role[1] or _usual(headers[place], role[0])[1]
        if unit:
            units[role[0]] = unit
    for role_name in ROLES:
        if role_name not in columns and (usual := _find(headers, role_name, set(columns.values()))) is not None:
            columns[role_name], unit = usual
            if unit:
                units[role_name] = unit
    if any(not any(role_name in columns for role_name in choice) for choice in _NEEDED):
        return None
    taken = {*columns.values(), *attributes.values()}
    attributes |= {c: at for at, c in enumerate(headers) if at not in taken and _ATTRIBUTE.fullmatch(c)}
    is_pod = "service" not in columns or _plain(headers[columns["service"]]) in _PODS
    return Layout(delimiter, len(headers), columns, units, attributes, is_pod)


def _find(headers: Sequence[str], role: str, taken: set[int]) -> tuple[int, str | None] | None:
    """(column, unit) of a role by the usual names of its columns: the best name, the finest unit, the first column."""
    ranked = []
    for at, header in enumerate(headers):
        word, unit = _usual(header, role)
        if at not in taken and word in USUAL[role]:
            ranked.append((USUAL[role].index(word), _FINEST.index(unit), at, unit))
    return min(ranked)[2:] if ranked else None


def _usual(header: str, role: str) -> tuple[str, str | None]:
    """A header in small letters without punctuation, and without the unit that it ends in when it is a time's."""
    plain = _plain(header)
    if role not in _TIMES:
        return plain, None
    match = _UNIT.match(header.strip().lower()[::-1])
    if match is None or not match["rest"] or (match["unit"] == "s" and not match["gap"]):
        return plain, None
    rest, unit = _plain(match["rest"][::-1]), _UNIT_OF[match["unit"][::-1]]
    return (plain if plain in USUAL[role] else rest), unit


def _role(key: str) -> tuple[str, str | None] | None:
    """(role, unit) of a key such as `service` or `start_ms`; None when it is no role."""
    role, _, unit = key.rpartition("_")
    if role in _TIMES and unit in UNITS:
        return role, unit
    return (key, None) if key in USUAL else None


def _plain(header: str) -> str:
    return re.sub(r"[\W_]+", "", header.lower())
