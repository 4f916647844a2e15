"""The addresses for people."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.examples import Responses
from api.routes import Loaded
from reports.html import content_security_policy, render

router = APIRouter()
PAGE: Responses = {200: {"content": {"text/html": {"example": "<!doctype html><title>Privacy audit</title>"}}}}


@router.get("/report", summary="The report", response_class=HTMLResponse, responses=PAGE)
def report(request: Request, audit: Loaded) -> HTMLResponse:
    state = request.app.state  # the audit never changes: one rendering serves everyone
    state.page = getattr(state, "page", None) or render(audit)
    policy = f"{content_security_policy()}; frame-ancestors 'none'"
    return HTMLResponse(state.page, headers={"Content-Security-Policy": policy})
