"""The addresses for machines that watch over the service."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.examples import Responses, whole
from api.problems import described, problem
from api.shapes import Health, ProblemPart
from auditor.operation.logs import tell
from auditor.operation.metrics import CONTENT_TYPE

router = APIRouter()
_log = logging.getLogger(__name__)
_TEXT: Responses = {200: {"content": {"text/plain": {"example": 'auditor_exposures{state="new"} 1.0\n'}}}}


@router.get("/healthz", summary="The service runs", responses=whole({"status": "ok"}))
def healthz() -> Health:
    return Health()


@router.get(
    "/readyz",
    summary="The service may be sent requests",
    response_model=Health,
    responses=whole({"status": "ready"}) | described(503),
)
def readyz(request: Request) -> Health | Response:
    failing = request.app.state.operation.health.failing()
    if not failing:
        return Health(status="ready")
    for name, what in failing.items():  # only names go out, since anybody may ask here
        tell(_log, logging.WARNING, "not ready", check=name, what=what)
    return problem(503, "The service is not ready.", [ProblemPart(where=name, what="fails") for name in failing])


@router.get("/metrics", summary="Metrics, in the text format of Prometheus", response_class=Response, responses=_TEXT)
def metrics(request: Request) -> Response:
    return Response(request.app.state.operation.metrics.text(), media_type=CONTENT_TYPE)
