"""The addresses under /api. Each names its query, picks the records and pages them; nothing is decided here."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import Response

from api import queries
from api.examples import EXAMPLE, one, page_of, whole
from api.paging import page
from api.problems import described
from api.shapes import Page
from lineage import graph
from lineage.audit import Access, Audit, AuditField, AuditService, AuditStore, Call, Exposure, Flow, Path
from lineage.model import Gap, Leak
from reports.audit_json import dumps

router = APIRouter(prefix="/api")
BAD = described(422)
MISSING = described(404, 422)
Record = TypeVar("Record", Flow, Exposure)


def loaded(request: Request) -> Audit:
    """The audit being served."""
    audit: Audit = request.app.state.audit
    return audit


Loaded = Annotated[Audit, Depends(loaded)]


@router.get("/services", summary="Services that sent telemetry", responses=page_of("services") | BAD)
def services(request: Request, audit: Loaded, query: Annotated[queries.ServiceQuery, Query()]) -> Page[AuditService]:
    return page(request, query.select(audit), query)


@router.get("/stores", summary="Databases that services reach", responses=page_of("stores") | BAD)
def stores(request: Request, audit: Loaded, query: Annotated[queries.StoreQuery, Query()]) -> Page[AuditStore]:
    return page(request, query.select(audit), query)


@router.get("/fields", summary="Columns and their labels", responses=page_of("fields") | BAD)
def fields(request: Request, audit: Loaded, query: Annotated[queries.FieldQuery, Query()]) -> Page[AuditField]:
    return page(request, query.select(audit), query)


@router.get("/accesses", summary="Which operation touches which field", responses=page_of("accesses") | BAD)
def accesses(request: Request, audit: Loaded, query: Annotated[queries.AccessQuery, Query()]) -> Page[Access]:
    return page(request, query.select(audit), query)


@router.get("/flows", summary="Personal data going from party to party", responses=page_of("flows") | BAD)
def flows(request: Request, audit: Loaded, query: Annotated[queries.FlowQuery, Query()]) -> Page[Flow]:
    return page(request, query.select(audit), query)


@router.get("/flows/{id}", summary="One flow", responses=one("flows") | MISSING)
def flow(audit: Loaded, id: str) -> Flow:
    return _found(audit.flows, id)


@router.get("/exposures", summary="What a reviewer decides on", responses=page_of("exposures") | BAD)
def exposures(request: Request, audit: Loaded, query: Annotated[queries.ExposureQuery, Query()]) -> Page[Exposure]:
    return page(request, query.select(audit), query)


@router.get("/exposures/{id}", summary="One exposure", responses=one("exposures") | MISSING)
def exposure(audit: Loaded, id: str) -> Exposure:
    return _found(audit.exposures, id)


@router.get("/paths", summary="Ways from a field or party to another, at most 100", responses=page_of("paths") | BAD)
def paths(request: Request, audit: Loaded, query: Annotated[queries.PathQuery, Query()]) -> Page[Path]:
    return page(request, graph.paths(audit.flows, query.source, query.target, queries.MAX_PATHS), query)


@router.get("/gaps", summary="What could not be seen", responses=page_of("gaps") | BAD)
def gaps(request: Request, audit: Loaded, query: Annotated[queries.GapQuery, Query()]) -> Page[Gap]:
    return page(request, query.select(audit), query)


@router.get("/leaks", summary="Personal data inside telemetry", responses=page_of("leaks") | BAD)
def leaks(request: Request, audit: Loaded, query: Annotated[queries.LeakQuery, Query()]) -> Page[Leak]:
    return page(request, query.select(audit), query)


@router.get("/calls", summary="Who calls whom", responses=page_of("calls") | BAD)
def calls(request: Request, audit: Loaded, query: Annotated[queries.CallQuery, Query()]) -> Page[Call]:
    return page(request, query.select(audit), query)


@router.get(
    "/audit", summary="The whole audit, as in audit.json", response_model=Audit, responses=whole(asdict(EXAMPLE))
)
def audit(audit: Loaded) -> Response:
    return Response(dumps(audit), media_type="application/json")


def _found(records: tuple[Record, ...], id: str) -> Record:
    for record in records:
        if record.id == id:
            return record
    raise HTTPException(404)
