"""Renders pages for people: from the audit that is current, within the team's own names of categories."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from api.problems import DETAILS
from api.routes import OnShelf
from api.served import Shelf
from api.shapes import Problem
from classifiers.taxonomy import read_as
from reports.html import site_page, site_policy
from reports.site.site import Absent, Site

SECTIONS = (
    ("Overview", "/"),
    ("Exposures", "/exposures"),
    ("Categories", "/categories"),
    ("Services", "/services"),
    ("Stores", "/stores"),
    ("Outside", "/outsiders"),
    ("Explorer", "/explorer"),
    ("Changes", "/changes"),
    ("Coverage", "/coverage"),
    ("Downloads", "/downloads"),
)
PROPOSALS = ("Proposals", "/proposals")


class Desk:
    """Where one request for a page is served."""

    def __init__(self, request: Request, shelf: Shelf) -> None:
        self.shelf, self.served = shelf, shelf.current()
        self.site: Site = self.served.site
        self._proposing = request.app.state.proposals is not None
        self._key = ("page", request.url.path, request.url.query, shelf.stale)

    def show(self, template: str, here: str, build: Callable[[], Any]) -> HTMLResponse:
        """The page from a template, `here` in the bar. What it shows is built unless it was before; where that raises
        Absent: 404."""
        try:
            return _answer(self.served.answer(self._key, lambda: self._render(template, here, build)))
        except Absent:
            return self.problem(404, "This audit has nothing of this name. It may have been there in an earlier one.")

    def show_now(self, template: str, here: str, content: Any) -> HTMLResponse:
        """The same for content that another request may change."""
        return _answer(self._render(template, here, lambda: content))

    def problem(self, status: int, detail: str = "") -> HTMLResponse:
        """A page that says what is wrong."""
        title = HTTPStatus(status).phrase
        content = Problem(title=title, status=status, detail=detail or DETAILS.get(status, title))
        return _answer(self._render("problem", "", lambda: content), status)

    def _render(self, template: str, here: str, build: Callable[[], Any]) -> str:
        scope = self.served.audit.scope
        window = f"{scope.first} to {scope.last}" if scope.first and scope.last else "No time window"
        with read_as(self.served.audit.readings):
            return site_page(
                template,
                page=build(),
                here=here,
                sections=(*SECTIONS, PROPOSALS) if self._proposing else SECTIONS,
                stale=self.shelf.stale,
                proposing=self._proposing,
                window=window,
                auditor=scope.auditor,
            )


def desk_of(request: Request, shelf: OnShelf) -> Desk:
    """The desk of this request."""
    return Desk(request, shelf)


AtDesk = Annotated[Desk, Depends(desk_of)]


def _answer(page: str, status: int = 200) -> HTMLResponse:
    # without a referrer within the site, browsers send no origin with its forms, by which they are known to be ours
    headers = {"Content-Security-Policy": site_policy(), "Referrer-Policy": "same-origin"}
    return HTMLResponse(page, status, headers=headers)
