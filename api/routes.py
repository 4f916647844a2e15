"""The addresses under /api/v1, and under /api as they were called first. Each names its query, picks the records and
pages them; nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import Response

from api import queries
from api.examples import EXAMPLE, one, page_example, whole
from api.paging import page, page_of
from api.problems import described
from api.queries import WindowQuery
from api.served import Shelf
from api.shapes import Page
from lineage.audit import Access, Audit, AuditField, AuditService, AuditStore, Exposure, Flow, Path
from lineage.explorer import Amplified, ContextLoad, Edge
from lineage.model import Gap, Leak
from reports.audit_json import dumps

router = APIRouter()
BAD = described(404, 422)
Record = TypeVar("Record", Flow, Exposure)


def shelf_of(request: Request) -> Shelf:
    """The audits being served."""
    shelf: Shelf = request.app.state.shelf
    return shelf


OnShelf = Annotated[Shelf, Depends(shelf_of)]


@router.get("/services", summary="Services that sent telemetry", responses=page_example("services") | BAD)
def services(request: Request, shelf: OnShelf, query: Annotated[queries.ServiceQuery, Query()]) -> Page[AuditService]:
    return page(request, shelf, "services", query)


@router.get("/stores", summary="Databases that services reach", responses=page_example("stores") | BAD)
def stores(request: Request, shelf: OnShelf, query: Annotated[queries.StoreQuery, Query()]) -> Page[AuditStore]:
    return page(request, shelf, "stores", query)


@router.get("/fields", summary="Columns and their labels", responses=page_example("fields") | BAD)
def fields(request: Request, shelf: OnShelf, query: Annotated[queries.FieldQuery, Query()]) -> Page[AuditField]:
    return page(request, shelf, "fields", query)


@router.get("/accesses", summary="Which operation touches which field", responses=page_example("accesses") | BAD)
def accesses(request: Request, shelf: OnShelf, query: Annotated[queries.AccessQuery, Query()]) -> Page[Access]:
    return page(request, shelf, "accesses", query)


@router.get("/flows", summary="Personal data going from party to party", responses=page_example("flows") | BAD)
def flows(request: Request, shelf: OnShelf, query: Annotated[queries.FlowQuery, Query()]) -> Page[Flow]:
    return page(request, shelf, "flows", query)


@router.get("/flows/{id}", summary="One flow", responses=one("flows") | BAD)
def flow(shelf: OnShelf, id: str, query: Annotated[WindowQuery, Query()]) -> Flow:
    return _found(shelf.at(query.start, query.end).index.flow, id)


@router.get("/exposures", summary="What a reviewer decides on", responses=page_example("exposures") | BAD)
def exposures(request: Request, shelf: OnShelf, query: Annotated[queries.ExposureQuery, Query()]) -> Page[Exposure]:
    return page(request, shelf, "exposures", query)


@router.get("/exposures/{id}", summary="One exposure", responses=one("exposures") | BAD)
def exposure(shelf: OnShelf, id: str, query: Annotated[WindowQuery, Query()]) -> Exposure:
    return _found(shelf.at(query.start, query.end).index.exposure, id)


@router.get("/paths", summary="Up to 100 ways from one end to another", responses=page_example("paths") | BAD)
def paths(request: Request, shelf: OnShelf, query: Annotated[queries.PathQuery, Query()]) -> Page[Path]:
    return page_of(request, shelf.at(query.start, query.end).paths(query.source, query.target), query)


@router.get("/gaps", summary="What could not be seen", responses=page_example("gaps") | BAD)
def gaps(request: Request, shelf: OnShelf, query: Annotated[queries.GapQuery, Query()]) -> Page[Gap]:
    return page(request, shelf, "gaps", query)


@router.get("/leaks", summary="Personal data inside telemetry", responses=page_example("leaks") | BAD)
def leaks(request: Request, shelf: OnShelf, query: Annotated[queries.LeakQuery, Query()]) -> Page[Leak]:
    return page(request, shelf, "leaks", query)


@router.get("/calls", summary="Who calls whom, and how long it takes", responses=page_example("calls") | BAD)
def calls(request: Request, shelf: OnShelf, query: Annotated[queries.CallQuery, Query()]) -> Page[Edge]:
    return page(request, shelf, "calls", query)


@router.get("/contexts", summary="Calling paths from the root of a trace", responses=page_example("contexts") | BAD)
def contexts(request: Request, shelf: OnShelf, query: Annotated[queries.ContextQuery, Query()]) -> Page[ContextLoad]:
    return page(request, shelf, "contexts", query)


@router.get("/amplification", summary="What one request sets off", responses=page_example("amplification") | BAD)
def amplification(
    request: Request, shelf: OnShelf, query: Annotated[queries.AmplificationQuery, Query()]
) -> Page[Amplified]:
    return page(request, shelf, "amplification", query)


@router.get(
    "/audit",
    summary="The whole audit, as in audit.json",
    response_model=Audit,
    responses=whole(asdict(EXAMPLE)) | BAD,
)
def audit(shelf: OnShelf, query: Annotated[WindowQuery, Query()]) -> Response:
    served = shelf.at(query.start, query.end)
    return Response(served.text("json", lambda: dumps(served.audit)), media_type="application/json")


def _found(records: Mapping[str, Record], id: str) -> Record:
    if id not in records:
        raise HTTPException(404)
    return records[id]
