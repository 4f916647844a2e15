"""The addresses of proposals: approvals, waivers and corrections as changes that somebody still has to review."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import PlainTextResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from api.examples import Responses, whole
from api.listing import Listing
from api.paging import page_of
from api.problems import described
from api.queries import PageQuery
from api.routes import OnShelf
from api.shapes import Page
from auditor.errors import AuditorError
from auditor.operation.logs import tell
from auditor.proposals.book import Proposals
from auditor.proposals.model import Proposal, Unfit, Wish
from lineage.findings import WaiverKind

router = APIRouter(prefix="/api/v1/proposals")
BAD = described(404, 422, 503)
OFF = "Proposals are off: start the server with --proposals DIR."
log = logging.getLogger(__name__)
Value = TypeVar("Value")
Id = Annotated[str, Field(pattern=r"^[el]1-[0-9a-f]{16}$")]
Short = Annotated[str, Field(max_length=200)]
Long = Annotated[str, Field(max_length=2000)]
_NEEDS = "The lock, the configuration or the log of proposals cannot be read or written. The server's log says more."
_IDS: list[Any] = ["e1-0123456789abcdef"]
_WANTED = {"action": "approve", "ids": _IDS, "by": "ann", "reason": "shown to the patient"}


class Wanted(BaseModel):
    """What is proposed, and why. approve: `ids`, and perhaps a `purpose`. waive: one of `ids`, an `owner`, and perhaps
    the last day in `expires`. correct: fields that `match` a pattern have the `category`, or "none"."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"action": "approve", "ids": _IDS, "by": "ann", "reason": "shown to the patient"}
        },
    )

    action: Literal["approve", "waive", "correct"]
    by: Annotated[Short, Field(pattern=r"\w")]
    reason: Annotated[Long, Field(pattern=r"\w")]
    ids: list[Id] = Field(default=[], max_length=200)
    purpose: Short = ""
    owner: Short = ""
    expires: date | None = None
    kind: WaiverKind = "accepted_risk"
    match: Short = ""
    category: Short = ""

    def wish(self, caller: str) -> Wish:
        """As the shell knows it. `caller` is who was let in at the door."""
        return Wish(**self.model_dump(exclude={"ids"}), ids=tuple(self.ids), caller=caller)


class Proposed(BaseModel):
    """A proposal. It decides nothing: its `patch` is to be reviewed and merged. `digest` seals it and all before."""

    number: int
    at: str
    action: Literal["approve", "waive", "correct"]
    by: str
    reason: str
    ids: list[str]
    title: str
    patch: str
    body: str
    digest: str


_EXAMPLE = {
    "number": 1,
    "at": "2025-03-04T10:00:00.000Z",
    "action": "approve",
    "by": "ann",
    "reason": "shown to the patient",
    "ids": _IDS,
    "title": "Approve 1 exposure of personal data",
    "patch": "/api/v1/proposals/1/patch",
    "body": "/api/v1/proposals/1/body",
    "digest": "5b" * 32,
}
_NEXT = "/api/v1/proposals?limit=1&cursor=q3vXb0c5m9aUWy0xLDBd"
_LIST: Responses = whole({"items": [_EXAMPLE], "total": 2, "limit": 1, "offset": 0, "next": _NEXT})
_MADE: Responses = {201: {"content": {"application/json": {"example": _EXAMPLE}}}}
_DIFF: Responses = {200: {"content": {"text/x-diff": {"example": "--- a/.dataflow/flows.lock.json\n"}}}}
_TEXT: Responses = {200: {"content": {"text/markdown": {"example": "Approves 1 exposure.\n"}}}}


class Diff(PlainTextResponse):
    """A unified diff."""

    media_type = "text/x-diff"


class Markdown(PlainTextResponse):
    """A text for a pull request."""

    media_type = "text/markdown"


def proposals_of(request: Request) -> Proposals:
    """The book of proposals. 404 when the server has none."""
    found: Proposals | None = request.app.state.proposals
    if found is None:
        raise HTTPException(404, OFF)
    return found


Book = Annotated[Proposals, Depends(proposals_of)]


@router.get("", summary="What was proposed, the newest first", responses=_LIST | BAD)
def proposals(request: Request, book: Book, query: Annotated[PageQuery, Query()]) -> Page[Proposed]:
    listing = Listing(guarded(book.all), lambda proposal: (-proposal.number,))
    found = page_of(request, listing, query)
    return Page(**found.model_dump(exclude={"items"}), items=[shown(one) for one in found.items])


@router.post("", summary="Propose a decision", status_code=201, responses=_MADE | described(404, 413, 422, 503))
def propose(request: Request, shelf: OnShelf, book: Book, wanted: Wanted, response: Response) -> Proposed:
    made = guarded(lambda: book.propose(shelf.current().audit, wanted.wish(caller(request))))
    response.headers["Location"] = f"{router.prefix}/{made.number}"
    return shown(made)


@router.get("/{number}", summary="One proposal", responses=whole(_EXAMPLE) | BAD)
def proposal(book: Book, number: int) -> Proposed:
    return shown(found(book, number))


@router.get("/{number}/patch", summary="Its change for git apply", response_class=Diff, responses=_DIFF | BAD)
def patch(book: Book, number: int) -> Response:
    return Diff(found(book, number).draft.patch, headers=_saved_as(f"proposal-{number}.patch"))


@router.get("/{number}/body", summary="Its text for a pull request", response_class=Markdown, responses=_TEXT | BAD)
def body(book: Book, number: int) -> Response:
    return Markdown(found(book, number).draft.body, headers=_saved_as(f"proposal-{number}.md"))


def guarded(ask: Callable[[], Value]) -> Value:
    """The book's answer; what it cannot do as a problem that quotes neither the request nor a file."""
    try:
        return ask()
    except Unfit as error:
        raise HTTPException(422, str(error)) from None
    except AuditorError as error:
        tell(log, logging.ERROR, "proposal not served", why=str(error))
        raise HTTPException(503, _NEEDS) from None


def found(book: Proposals, number: int) -> Proposal:
    """The proposal of this number. 404 when there is none."""
    for one in guarded(book.all):
        if one.number == number:
            return one
    raise HTTPException(404)


def shown(one: Proposal) -> Proposed:
    """A proposal as the API shows it."""
    at = f"{router.prefix}/{one.number}"
    return Proposed(
        number=one.number,
        at=one.at,
        action=one.wish.action,
        by=one.wish.by,
        reason=one.wish.reason,
        ids=list(one.wish.ids),
        title=one.draft.title,
        patch=f"{at}/patch",
        body=f"{at}/body",
        digest=one.digest,
    )


def caller(request: Request) -> str:
    """Who was let in, as far as the server asks; empty when it does not."""
    known: Any = getattr(request.state, "caller", None)
    return str(getattr(known, "name", ""))


def _saved_as(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
