"""The addresses for people."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.examples import Responses
from api.routes import OnShelf
from reports.html import content_security_policy, render

router = APIRouter()
PAGE: Responses = {200: {"content": {"text/html": {"example": "<!doctype html><title>Privacy audit</title>"}}}}


@router.get("/report", summary="The report", response_class=HTMLResponse, responses=PAGE)
def report(shelf: OnShelf) -> HTMLResponse:
    served = shelf.current()
    page = served.text("html", lambda: render(served.audit))
    policy = f"{content_security_policy()}; frame-ancestors 'none'"
    return HTMLResponse(page, headers={"Content-Security-Policy": policy})
