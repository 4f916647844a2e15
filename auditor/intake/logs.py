"""Logs: nothing in them is used; their records are counted, and the sender is told so."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from auditor.intake.messages import Form, Reason
from auditor.intake.verdict import Verdict
from auditor.telemetry.network_flows import dicts
from auditor.telemetry.raw import Value


def judge_logs(bodies: Iterable[tuple[Form, bytes]]) -> list[Verdict]:
    """A verdict for each body: all its records are rejected."""
    verdicts = []
    for form, body in bodies:
        verdict = Verdict()
        verdicts.append(verdict)
        count = _protobuf(body) if form == "protobuf" else _json(body)
        if count is None:
            verdict.problem = f"the body is no OTLP logs request in {form}"
        else:
            verdict.reject(Reason.NOT_USED, count)
    return verdicts


def _protobuf(body: bytes) -> int | None:
    request = ExportLogsServiceRequest()
    try:
        request.ParseFromString(body)
    except (DecodeError, RecursionError):
        return None
    return sum(len(scope.log_records) for resource in request.resource_logs for scope in resource.scope_logs)


def _json(body: bytes) -> int | None:
    try:
        document: Value = orjson.loads(body) if body else {}
    except (orjson.JSONDecodeError, RecursionError):
        return None
    if not isinstance(document, dict) or not isinstance(document.get("resourceLogs", []), list):
        return None
    scopes = (scope for resource in dicts(document, "resourceLogs") for scope in dicts(resource, "scopeLogs"))
    return sum(1 for scope in scopes for _ in dicts(scope, "logRecords"))
