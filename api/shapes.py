"""What the API answers besides the audit's own records: a page of them, a problem, a sign of life."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel, Field

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """A slice of a list: `total` counts the whole list after filtering, `next` leads to the following slice."""

    items: list[Item]
    total: int = Field(description="how many there are after filtering, on all pages together")
    limit: int
    offset: int = Field(description="how many records are before this page")
    next: str | None = Field(description="relative link to the next page; null on the last")


class LeftOutRecords(BaseModel):
    """How many records of a list of an answer were left out."""

    list: str
    records: int


class Answer(BaseModel, Generic[Item]):
    """The answer to a question, and what its limit left out."""

    answer: Item
    left_out: list[LeftOutRecords]


class ProblemPart(BaseModel):
    """One thing that was wrong with a request."""

    where: str
    what: str


class Problem(BaseModel):
    """Problem details (RFC 9457). Never repeats what the request said."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[ProblemPart] = []


class Health(BaseModel):
    """Answered while the service runs."""

    status: str = "ok"
