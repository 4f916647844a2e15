"""The audited repository as far as findings point into it: which file, which line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lineage.audit import Place

LOCK = ".dataflow/flows.lock.json"


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A line (1-based) of a file of the repository; `path` is from its root, with `/`."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Repository:
    """Where the files stand that findings point at, as paths from the repository's root, with `/`.

    `lock_lines` are the lines of the lock that approve an exposure, by its id. `schemas` maps the name of a schema file
    in the audit to its path. `category` tells audits of several environments apart.
    """

    lock: str = LOCK
    lock_lines: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    schemas: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    category: str = ""

    def spot(self, places: Iterable[Place | None], exposure: str = "") -> Spot:
        """The first of the places that is in the repository, else the exposure's line in the lock, else its first."""
        for place in places:
            path = self.schemas.get(place.file) if place else None
            if place and path:
                return Spot(path, max(place.line, 1))
        return Spot(self.lock, self.lock_lines.get(exposure, 1))
