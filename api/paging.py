"""A slice of a list, and the link to the next."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from fastapi import Request
from starlette.datastructures import URL

from api import cursor
from api.cursor import BadCursor
from api.listing import Listing, Record
from api.queries import PageQuery
from api.served import Shelf
from api.shapes import Page


def page(request: Request, shelf: Shelf, name: str, query: PageQuery) -> Page[Record]:
    """The slice of the list called `name` that `query` asks for. Raises BadCursor and NotServed."""
    served, filters = shelf.at(query.start, query.end), query.filters()
    listing: Listing[Record] = served.listing(name)
    chosen = served.answer((name, *sorted(filters.items())), lambda: listing.select(filters))
    return _slice(request, listing, chosen, query)


def page_of(request: Request, listing: Listing[Record], query: PageQuery) -> Page[Record]:
    """The slice of a whole list that `query` asks for. Raises BadCursor."""
    return _slice(request, listing, listing.select({}), query)


def _slice(request: Request, listing: Listing[Record], chosen: Sequence[int], query: PageQuery) -> Page[Record]:
    belongs = {"list": request.scope["route"].name} | query.belongs()
    begin = _begin(listing, chosen, query, belongs)
    end = begin + query.limit
    url = _next(request, listing, chosen, end, query, belongs) if end < len(chosen) else None
    return Page(
        items=[listing.records[place] for place in chosen[begin:end]],
        total=len(chosen),
        limit=query.limit,
        offset=begin,
        next=f"{url.path}?{url.query}" if url else None,
    )


def _begin(listing: Listing[Record], chosen: Sequence[int], query: PageQuery, belongs: Mapping[str, str]) -> int:
    if query.cursor is None:
        return query.offset or 0
    if query.offset is not None:
        raise BadCursor
    try:
        return bisect_left(chosen, listing.after(cursor.decode(query.cursor, belongs)))
    except TypeError:  # of the right form, with a key of something else
        raise BadCursor from None


def _next(
    request: Request,
    listing: Listing[Record],
    chosen: Sequence[int],
    end: int,
    query: PageQuery,
    belongs: Mapping[str, str],
) -> URL:
    """The same address, for what comes after the place `end` among the chosen."""
    if query.offset is not None:
        return request.url.include_query_params(limit=query.limit, offset=end)
    following = cursor.encode(listing.keys[chosen[end - 1]], belongs)
    return request.url.include_query_params(limit=query.limit, cursor=following)
