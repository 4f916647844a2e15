"""One raw span, of whatever format, to what it may share with others: one redacted row of `ROW`."""

from __future__ import annotations

from typing import Any

from auditor.telemetry import semconv
from auditor.telemetry.database import Database, is_database, read_database
from auditor.telemetry.keys import keys_seen
from auditor.telemetry.leaks import leaks_of
from auditor.telemetry.operation import Work, work_of
from auditor.telemetry.peer import NOBODY, other_side
from auditor.telemetry.raw import Attributes, RawSpan
from auditor.telemetry.redact import mask_name, mask_version
from auditor.telemetry.route import route_parameters
from auditor.telemetry.shown import shown_values
from auditor.telemetry.spans import ROW
from auditor.telemetry.weight import weight_of

Row = tuple[Any, ...]  # in the order of ROW, without its key; hashable
KEYS = ROW.names.index("keys") - 1  # the place of `keys` in a row
UNNAMED = "unknown_service"
_NO_DATABASE = Database(None, None, None, None, None, None)
_CALLING = ("client", "producer")


def row_of(raw: RawSpan) -> Row:
    """The row of a span. Everything in it went through redaction; only ids, times and links are the span's own."""
    attributes = raw.attributes
    service = service_of(raw)
    is_db = raw.kind not in ("server", "consumer") and is_database(attributes)
    database = read_database(attributes, raw.name) if is_db else _NO_DATABASE
    work = Work(raw.kind, "db") if is_db else work_of(raw)
    calls = is_db or work.kind in _CALLING or (work.kind == "unspecified" and raw.peer is not None)
    peer, host, port = other_side(raw, service) if calls else NOBODY
    leaks = leaks_of(raw, database.system, work.route)
    keys = [*_keys(attributes, work), *shown_values(leaks, "" if is_db else work.kind)]
    return (
        raw.remote_parent,
        mask_name(service) or UNNAMED,
        _masked(raw.resource, semconv.SERVICE_NAMESPACE),
        _version(raw.resource),
        mask_name(raw.scope) if raw.scope else None,
        work.kind,
        work.operation,
        work.protocol,
        raw.error,
        not is_db and work.kind in _CALLING and _never_arrived(raw),
        peer,
        host,
        port,
        tuple(keys) or None,
        database.system,
        database.namespace,
        database.statement,
        database.statement_id,
        database.operation,
        database.collection,
        work.messaging_system,
        work.channel,
        raw.weight if raw.weight is not None else weight_of(raw.trace_state),
        tuple(leaks) or None,
    )


def service_of(raw: RawSpan) -> str:
    """The service's name as sent, or the best stand-in: what Kubernetes, the container or the function is called."""
    named = raw.service or semconv.first_text(raw.resource, semconv.SERVICE_NAME)
    if named and not named.startswith(UNNAMED):
        return named
    return semconv.first_text(raw.resource, semconv.SERVICE_STAND_INS) or named or UNNAMED


def _keys(attributes: Attributes, work: Work) -> list[tuple[str, str]]:
    return keys_seen(attributes, route_parameters(work.route) if work.route else ())


def _never_arrived(raw: RawSpan) -> bool:
    """An attempt that ended in an exception before any answer: nothing says that its peer was reached."""
    if semconv.has_any(raw.attributes, semconv.HTTP_STATUS + semconv.RPC_STATUS):
        return False
    return raw.error or any(event.name == "exception" for event in raw.events)


def _masked(attributes: Attributes, keys: semconv.Keys) -> str | None:
    text = semconv.first_text(attributes, keys)
    return mask_name(text) if text else None


def _version(attributes: Attributes) -> str | None:
    text = semconv.first_text(attributes, semconv.SERVICE_VERSION)
    return mask_version(text) if text else None
