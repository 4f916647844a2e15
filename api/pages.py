"""The addresses for people and for monitors."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.examples import Responses, whole
from api.routes import OnShelf
from api.shapes import Health
from reports.html import content_security_policy, render

router = APIRouter()
PAGE: Responses = {200: {"content": {"text/html": {"example": "<!doctype html><title>Privacy audit</title>"}}}}


@router.get("/report", summary="The report", response_class=HTMLResponse, responses=PAGE)
def report(shelf: OnShelf) -> HTMLResponse:
    served = shelf.current()
    page = served.text("html", lambda: render(served.audit))
    policy = f"{content_security_policy()}; frame-ancestors 'none'"
    return HTMLResponse(page, headers={"Content-Security-Policy": policy})


@router.get("/healthz", summary="An audit is loaded", responses=whole({"status": "ok", "format": "privacy-audit/1"}))
def healthz(shelf: OnShelf) -> Health:
    return Health(format=shelf.current().audit.format)
