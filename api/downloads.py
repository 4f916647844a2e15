"""Pages that hand something over: the report, the audit in every format, and what changed between two windows."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from api.desk import AtDesk
from api.examples import Responses
from api.questions import Between
from api.routes import OnShelf
from api.source import NotServed
from auditor.files import DEFAULT_LOCK
from auditor.outputs import repository_of
from reports.formats import FORMATS
from reports.html import content_security_policy, render
from reports.site.changes_page import ChangesPage, changes_page
from reports.site.downloads import DOWNLOADS

described = APIRouter()
router = APIRouter(include_in_schema=False)
Day = Annotated[str, Query(max_length=40)]
PAGE: Responses = {200: {"content": {"text/html": {"example": "<!doctype html><title>Privacy audit</title>"}}}}


@described.get("/report", summary="The report", response_class=HTMLResponse, responses=PAGE)
def report(shelf: OnShelf) -> HTMLResponse:
    served = shelf.current()
    page = served.text("html", lambda: render(served.audit))
    policy = f"{content_security_policy()}; frame-ancestors 'none'"
    return HTMLResponse(page, headers={"Content-Security-Policy": policy})


@router.get("/downloads")
def downloads(desk: AtDesk) -> Response:
    return desk.show("downloads", "Downloads", lambda: [(name, one.word) for name, one in DOWNLOADS.items()])


@router.get("/downloads/{name}")
def download(desk: AtDesk, name: str) -> Response:
    if name not in DOWNLOADS:
        return desk.problem(404)
    audit, kind = desk.served.audit, DOWNLOADS[name]
    text = desk.served.text(name, lambda: FORMATS[name](audit, repository_of(audit, DEFAULT_LOCK, ())))
    headers = {"Content-Disposition": f'attachment; filename="privacy-audit-{name}.{kind.suffix}"'}
    return Response(text, media_type=kind.media_type, headers=headers)


@router.get("/changes")
def changes(desk: AtDesk, start: Day = "", end: Day = "") -> Response:
    if not start:
        return desk.show_now("changes", "Changes", ChangesPage("", end))
    try:
        query = Between.model_validate({"start": start, "end": end or None})
        before, after = desk.shelf.at(*query.before()), desk.shelf.at(query.start, query.end)
    except ValidationError:
        return desk.show_now("changes", "Changes", ChangesPage("", "", "Two days are needed, the later one last."))
    except NotServed as error:
        return desk.show_now("changes", "Changes", ChangesPage(start, end, str(error)))
    return desk.show("changes", "Changes", lambda: changes_page(start, end, before.audit, after.audit))
