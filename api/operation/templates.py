"""The template of the route that an address belongs to: what may be logged and counted, where the address may not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, Mount, compile_path

UNKNOWN = "unknown"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Templates:
    """The routes of an application. They are listed on the first question, when all have been added."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def of(self, path: str) -> str:
        """The template of the first route that fits, `unknown` when none does."""
        for pattern, template in self._patterns:
            if pattern.match(path):
                return template
        return UNKNOWN

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        return [(compile_path(path)[0], path) for path in dict.fromkeys(_paths(self._app.routes, ""))]


def known(method: str) -> str:
    """The method, if it is one of HTTP's usual ones: callers may send any word."""
    return method if method in METHODS else "OTHER"


def _paths(routes: Sequence[BaseRoute], prefix: str) -> Iterator[str]:
    for route in iter_route_contexts(routes):
        if not isinstance(route.original_route, Mount):
            yield prefix + (route.path or "")
        elif route.original_route.routes:
            yield from _paths(route.original_route.routes, prefix + route.original_route.path)
        else:
            yield prefix + route.original_route.path + "/{path:path}"
