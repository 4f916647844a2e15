"""A made-up audit of a clinic, from which every example of the OpenAPI description is taken."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from fastapi.encoders import jsonable_encoder

from classifiers.model import Label
from lineage.amplification import Cause, EdgeLoad
from lineage.audit import (
    Access,
    Audit,
    AuditField,
    AuditOperation,
    AuditService,
    AuditStore,
    Call,
    Exposure,
    Flow,
    Input,
    Outsider,
    Path,
    Scope,
    Verdict,
)
from lineage.diff import exposure_id, flow_id
from lineage.explorer import amplification, contexts, edges
from lineage.histogram import histogram_of
from lineage.model import Gap, Leak, Operation, Party
from lineage.sampling import Sampled
from lineage.system import Context, StatementRun

Responses = dict[int | str, dict[str, Any]]

_CATEGORY = "user.contact.email"
_FIELD = "clinic/patients.email"
_STORE, _PATIENTS, _MAIL = Party("store", "clinic"), Party("service", "patients"), Party("outsider", "mail.example.com")
_FIRST, _LAST = "2025-03-03T09:00:00Z", "2025-03-03T18:00:00Z"
_CURSOR = "q3vXb0c5m9aUWyJmMS0xNTRhNjU1ZDIxNDkxNGI2IiwwXQ"
_TRACES = ("4bf92f3577b34da6a3ce929d0e0e4736",)
_READ = Flow(
    id=flow_id(_CATEGORY, _FIELD, _STORE, _PATIENTS, "read"),
    category=_CATEGORY,
    field=_FIELD,
    source=_STORE,
    sink=_PATIENTS,
    direction="read",
    via="9b1c3f20",
    evidence="observed",
    calls=412,
    first_seen=_FIRST,
    last_seen=_LAST,
    traces=_TRACES,
    why=("the statement projects the column",),
)
_SENT = replace(
    _READ,
    id=flow_id(_CATEGORY, _FIELD, _PATIENTS, _MAIL, "request"),
    source=_PATIENTS,
    sink=_MAIL,
    direction="request",
    via="POST /send",
    evidence="possible",
    calls=40,
    why=("patients held it before the call",),
)
_PATH = Path((_STORE, _PATIENTS, _MAIL), (_READ.id, _SENT.id), "possible")
_HANDLED = Operation("patients", "GET /patients/{id}")
_MS = 1_000_000
_TIMES, _SAMPLED = histogram_of([_MS * 12] * 400 + [_MS * 80] * 12), Sampled("adjusted", 1648)
EXAMPLE = Audit(
    scope=Scope(
        auditor="0.1.0",
        inputs=(Input("traces.otlp.jsonl.gz", "9f" * 32, "otlp-json", 1840),),
        schemas=(Input("schema.sql", "3a" * 32, "ddl", 0),),
        spans=1840,
        traces=412,
        first=_FIRST,
        last=_LAST,
        statements=12,
        statements_parsed=12,
        sampling="not stated",
    ),
    services=(AuditService("patients", ("GET /patients/{id}",), 1840),),
    stores=(AuditStore("clinic", "postgresql", ("patients",)),),
    outsiders=(Outsider("mail.example.com", ("http",)),),
    fields=(AuditField(_FIELD, "clinic", "patients", "email", "text", (Label(_CATEGORY, "identifier", 0.98),)),),
    operations=(AuditOperation("patients", _HANDLED.name, "server", 412, 4, _TIMES, _SAMPLED),),
    calls=(
        Call("patients", "mail.example.com", "POST /send", "http", 40, 2, 0.1, None, histogram_of([_MS * 90] * 40)),
    ),
    accesses=(
        Access("patients", "GET /patients/{id}", _FIELD, ("projected",), 412, ("9b1c3f20",), reading=("9b1c3f20",)),
    ),
    contexts=(Context((_HANDLED,), 412, (StatementRun("9b1c3f20", "clinic", 412),), 4, _TIMES),),
    loads=(
        EdgeLoad(
            root=_HANDLED,
            caller=_HANDLED,
            callee=_MAIL,
            operation="POST /send",
            protocol="http",
            mode="call",
            per_request=histogram_of([0] * 392 + [2] * 20),
            burst=2,
            cause=Cause("loop", _HANDLED, _MAIL, "POST /send", 0.1, 2),
        ),
    ),
    flows=(_READ, _SENT),
    exposures=(
        Exposure(
            id=exposure_id(_CATEGORY, _MAIL),
            category=_CATEGORY,
            sink=_MAIL,
            state="new",
            evidence="possible",
            sensitivity="high",
            flows=(_SENT.id,),
            paths=(_PATH,),
        ),
    ),
    verdict=Verdict("not_approved", ("1 exposure is not in the lock",)),
    leaks=(Leak("patients", "url.query email", _CATEGORY, 12),),
    gaps=(Gap("no_schema", "POST /send", 40, 1.0, "what the payload of this exchange carries"),),
)
EARLIER = replace(
    EXAMPLE,
    scope=replace(EXAMPLE.scope, first="2025-03-02T09:00:00Z", last="2025-03-02T18:00:00Z"),
    flows=(_READ,),
    exposures=(),
    outsiders=(),
    calls=(),
)


def page_example(name: str) -> Responses:
    """The example of a list: the first of two pages, each of one element."""
    items = [asdict(_first(name))]
    return _example(
        {"items": items, "total": 2, "limit": 1, "offset": 0, "next": f"/api/v1/{name}?limit=1&cursor={_CURSOR}"}
    )


def one(name: str) -> Responses:
    """The example of a single record."""
    return _example(asdict(_first(name)))


def whole(value: Any) -> Responses:
    """An example that stands for itself."""
    return _example(value)


def _first(name: str) -> Any:
    """The first record of a list of the API. Some lists are views of the audit's records."""
    views = {"calls": edges, "contexts": contexts, "amplification": amplification}
    if name in views:
        return views[name](EXAMPLE)[0]
    return _PATH if name == "paths" else getattr(EXAMPLE, name)[0]


def _example(value: Any) -> Responses:
    return {200: {"content": {"application/json": {"example": jsonable_encoder(value)}}}}
