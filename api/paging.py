"""A slice of a list, and the link to the next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from fastapi import Request

from api.queries import PageQuery
from api.shapes import Page

Item = TypeVar("Item")


def page(request: Request, found: Iterable[Item], query: PageQuery) -> Page[Item]:
    """The slice of `found` that `query` asks for. The link keeps the request's filters."""
    everything = list(found)
    end = query.offset + query.limit
    following = request.url.include_query_params(limit=query.limit, offset=end)
    return Page(
        items=everything[query.offset : end],
        total=len(everything),
        limit=query.limit,
        offset=query.offset,
        next=f"{following.path}?{following.query}" if end < len(everything) else None,
    )
