"""Pages on which people propose decisions. A form carries what the API takes as JSON."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from api.desk import AtDesk
from api.pages import Number
from api.proposals import Wanted, caller, found, guarded, proposals_of
from reports.site.pager import paged

PATH = "/proposals"
router = APIRouter(prefix=PATH, include_in_schema=False)
FORM = "application/x-www-form-urlencoded"
UNCLEAR = "The form was not filled in as it should be: go back and look at each of its fields."


@router.get("")
def proposals(request: Request, desk: AtDesk, page: Number = 1) -> Response:
    try:
        newest_first = guarded(proposals_of(request).all)[::-1]
    except HTTPException as error:
        return desk.problem(error.status_code, error.detail)
    return desk.show_now("proposals", "Proposals", paged(newest_first, page, PATH))


@router.post("")
async def propose(request: Request, desk: AtDesk) -> Response:
    body = await request.body()  # the limit on it is the application's
    return await run_in_threadpool(_propose, request, desk, body)


@router.get("/{number}")
def proposal(request: Request, desk: AtDesk, number: int) -> Response:
    try:
        one = found(proposals_of(request), number)
    except HTTPException as error:
        return desk.problem(error.status_code, error.detail)
    return desk.show_now("proposal", "Proposals", one)


def _propose(request: Request, desk: AtDesk, body: bytes) -> Response:
    if not _own(request):
        return desk.problem(422, "Only a page of this server may send this form.")
    try:
        book = proposals_of(request)
        wanted = Wanted.model_validate(_form(body))
        made = guarded(lambda: book.propose(desk.served.audit, wanted.wish(caller(request))))
    except HTTPException as error:
        return desk.problem(error.status_code, error.detail)
    except (ValidationError, ValueError):
        return desk.problem(422, UNCLEAR)
    return RedirectResponse(f"{PATH}/{made.number}", 303)


def _own(request: Request) -> bool:
    """Whether a page of this server sent the form: browsers say so in headers that no page can forge."""
    origin = request.headers.get("origin", "")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == FORM and urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower() != ""


def _form(body: bytes) -> dict[str, object]:
    """The fields of a form that were filled in; `id` as the list that it is. Raises ValueError."""
    given = parse_qs(body.decode("ascii"), max_num_fields=50, errors="strict")
    form: dict[str, object] = {name: values[-1] for name, values in given.items() if name != "id"}
    return form | ({"ids": given["id"]} if "id" in given else {})
