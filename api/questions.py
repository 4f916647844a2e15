"""The addresses under /api/v1/ask: the questions of `auditor ask`, with the same answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field

from api.examples import EXAMPLE, Responses, whole
from api.problems import described
from api.routes import Loaded
from api.shapes import Answer, LeftOutRecords
from lineage.questions.blast_radius import BlastRadius, blast_radius
from lineage.questions.bounded import as_json, bounded
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


class Bounded(BaseModel):
    """The most records of each list of an answer. A parameter that is not known is refused."""

    model_config = ConfigDict(extra="forbid")

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


class OfService(Bounded):
    """A question about a service."""

    service: str


class OfAnyService(Bounded):
    """A question about one service, or all."""

    service: str | None = None


def _example(answer: Any) -> Responses:
    return whole(as_json(answer, MAX_RECORDS)) | described(404, 422)


def _answer(ask: Callable[[], Given], limit: int) -> Answer[Given]:
    try:
        answer, left_out = bounded(ask(), limit)
    except UnknownName:
        raise HTTPException(404) from None
    return Answer(answer=answer, left_out=[LeftOutRecords(**asdict(one)) for one in left_out])


@router.get("/who-touches", summary="Who touches it", responses=_example(who_touches(EXAMPLE, _CATEGORY)))
def ask_who_touches(audit: Loaded, query: Annotated[About, Query()]) -> Answer[WhoTouches]:
    return _answer(lambda: who_touches(audit, query.wanted), query.limit)


@router.get("/where-goes", summary="Where it can go", responses=_example(where_goes(EXAMPLE, _CATEGORY)))
def ask_where_goes(audit: Loaded, query: Annotated[Going, Query()]) -> Answer[WhereGoes]:
    return _answer(lambda: where_goes(audit, query.wanted, query.to), query.limit)


@router.get("/holds", summary="What a service holds", responses=_example(holds(EXAMPLE, _SERVICE)))
def ask_holds(audit: Loaded, query: Annotated[OfService, Query()]) -> Answer[Holds]:
    return _answer(lambda: holds(audit, query.service), query.limit)


@router.get("/blast-radius", summary="What a break-in reaches", responses=_example(blast_radius(EXAMPLE, _SERVICE)))
def ask_blast_radius(audit: Loaded, query: Annotated[OfService, Query()]) -> Answer[BlastRadius]:
    return _answer(lambda: blast_radius(audit, query.service), query.limit)


@router.get("/over-reads", summary="Who reads more than it passes on", responses=_example(over_reads(EXAMPLE)))
def ask_over_reads(audit: Loaded, query: Annotated[OfAnyService, Query()]) -> Answer[OverReads]:
    return _answer(lambda: over_reads(audit, query.service), query.limit)


@router.get("/unread", summary="Which fields nobody reads", responses=_example(unread(EXAMPLE)))
def ask_unread(audit: Loaded, query: Annotated[AboutAny, Query()]) -> Answer[Unread]:
    return _answer(lambda: unread(audit, query.wanted), query.limit)


@router.get("/how-much", summary="How much it is read", responses=_example(how_much(EXAMPLE)))
def ask_how_much(audit: Loaded, query: Annotated[AboutAny, Query()]) -> Answer[HowMuch]:
    return _answer(lambda: how_much(audit, query.wanted), query.limit)
