"""The addresses under /api/v1/ask: the questions of `auditor ask`, with the same answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, HTTPException, Query
from pydantic import Field

from api.examples import EARLIER, EXAMPLE, Responses, whole
from api.problems import described
from api.queries import Time, WindowQuery
from api.routes import OnShelf
from api.served import Shelf
from api.shapes import Answer, LeftOutRecords
from lineage.audit import Audit
from lineage.questions.blast_radius import BlastRadius, blast_radius
from lineage.questions.bounded import as_json, bounded
from lineage.questions.changes import Changes, changes
from lineage.questions.coverage import Seen, coverage
from lineage.questions.holds import Holds, holds
from lineage.questions.how_much import HowMuch, how_much
from lineage.questions.over_reads import OverReads, over_reads
from lineage.questions.unread import Unread, unread
from lineage.questions.where_goes import WhereGoes, where_goes
from lineage.questions.who_touches import WhoTouches, who_touches
from lineage.wanted import UnknownName

router = APIRouter(prefix="/api/v1/ask")
MAX_RECORDS = 1000
Given = TypeVar("Given")
_CATEGORY, _SERVICE = "user.contact.email", "patients"


class Bounded(WindowQuery):
    """The most records of each list of an answer."""

    limit: int = Field(default=100, ge=1, le=MAX_RECORDS)


class About(Bounded):
    """A question about a field, a pattern of fields or a category."""

    wanted: str


class AboutAny(Bounded):
    """As `About`; about everything that has a category where nothing is named."""

    wanted: str | None = None


class Going(About):
    """`to` asks for all paths to one party."""

    to: str | None = None


class Between(Bounded):
    """Two windows. The earlier is, unless said otherwise, as long as the later and ends where that begins."""

    start: Time = Field(description="the later window begins (RFC 3339, or a day in UTC)")
    before_start: Time | None = Field(default=None, description="the earlier window begins")
    before_end: Time | None = Field(default=None, description="the earlier window ends before this time")

    def before(self) -> tuple[datetime | None, datetime]:
        """The earlier window; without a beginning when the later one has no end."""
        end = self.before_end or self.start
        if self.before_start is not None or self.end is None:
            return self.before_start, end
        try:
            return end - (self.end - self.start), end
        except OverflowError:
            return None, end


class OfService(Bounded):
    """A question about a service."""

    service: str


class OfAnyService(Bounded):
    """A question about one service, or all."""

    service: str | None = None


def _example(answer: Any) -> Responses:
    return whole(as_json(answer, MAX_RECORDS)) | described(404, 422)


def _answer(shelf: Shelf, query: Bounded, ask: Callable[[Audit], Given]) -> Answer[Given]:
    served = shelf.at(query.start, query.end)
    key = (type(query).__name__, ask.__qualname__, query.model_dump_json())
    return served.answer(key, lambda: _bounded(lambda: ask(served.audit), query.limit))


def _bounded(ask: Callable[[], Given], limit: int) -> Answer[Given]:
    try:
        answer, left_out = bounded(ask(), limit)
    except UnknownName:
        raise HTTPException(404) from None
    return Answer(answer=answer, left_out=[LeftOutRecords(**asdict(one)) for one in left_out])


@router.get("/who-touches", summary="Who touches it", responses=_example(who_touches(EXAMPLE, _CATEGORY)))
def ask_who_touches(shelf: OnShelf, query: Annotated[About, Query()]) -> Answer[WhoTouches]:
    return _answer(shelf, query, lambda audit: who_touches(audit, query.wanted))


@router.get("/where-goes", summary="Where it can go", responses=_example(where_goes(EXAMPLE, _CATEGORY)))
def ask_where_goes(shelf: OnShelf, query: Annotated[Going, Query()]) -> Answer[WhereGoes]:
    return _answer(shelf, query, lambda audit: where_goes(audit, query.wanted, query.to))


@router.get("/holds", summary="What a service holds", responses=_example(holds(EXAMPLE, _SERVICE)))
def ask_holds(shelf: OnShelf, query: Annotated[OfService, Query()]) -> Answer[Holds]:
    return _answer(shelf, query, lambda audit: holds(audit, query.service))


@router.get("/blast-radius", summary="What a break-in reaches", responses=_example(blast_radius(EXAMPLE, _SERVICE)))
def ask_blast_radius(shelf: OnShelf, query: Annotated[OfService, Query()]) -> Answer[BlastRadius]:
    return _answer(shelf, query, lambda audit: blast_radius(audit, query.service))


@router.get("/over-reads", summary="Who reads more than it passes on", responses=_example(over_reads(EXAMPLE)))
def ask_over_reads(shelf: OnShelf, query: Annotated[OfAnyService, Query()]) -> Answer[OverReads]:
    return _answer(shelf, query, lambda audit: over_reads(audit, query.service))


@router.get("/unread", summary="Which fields nobody reads", responses=_example(unread(EXAMPLE)))
def ask_unread(shelf: OnShelf, query: Annotated[AboutAny, Query()]) -> Answer[Unread]:
    return _answer(shelf, query, lambda audit: unread(audit, query.wanted))


@router.get("/how-much", summary="How much it is read", responses=_example(how_much(EXAMPLE)))
def ask_how_much(shelf: OnShelf, query: Annotated[AboutAny, Query()]) -> Answer[HowMuch]:
    return _answer(shelf, query, lambda audit: how_much(audit, query.wanted))


@router.get("/coverage", summary="How much was seen, and what was not", responses=_example(coverage(EXAMPLE)))
def ask_coverage(shelf: OnShelf, query: Annotated[Bounded, Query()]) -> Answer[Seen]:
    return _answer(shelf, query, coverage)


@router.get("/changes", summary="What is new between two windows", responses=_example(changes(EARLIER, EXAMPLE)))
def ask_changes(shelf: OnShelf, query: Annotated[Between, Query()]) -> Answer[Changes]:
    before = shelf.at(*query.before()).audit
    return _answer(shelf, query, lambda audit: changes(before, audit))
