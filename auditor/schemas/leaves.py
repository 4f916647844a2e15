"""Collects the leaves of one payload, within bounds: whatever a schema says, a payload stays small and is finished."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from auditor.schemas.payloads import DEEPEST, MOST_FIELDS
from lineage.payload import Payload, PayloadField, Place

_STEPS = 10  # parts of schemas looked at for a leaf that may be kept
_MOST_NESTED = 48  # schemas within schemas, arrays and choices too, which add no name to a path
_LONGEST_COMMENT = 500  # characters
_LONGEST_NAME = 200


@dataclass(slots=True)
class Leaves:
    """The leaves found so far, the first of each place and path; `open` as in Payload."""

    found: dict[tuple[Place, tuple[str, ...]], PayloadField] = field(default_factory=dict)
    open: bool = False
    most: int = MOST_FIELDS
    steps: int = 0

    def add(self, leaf: PayloadField) -> None:
        """Keep a leaf; beyond `most` the payload is open instead."""
        if len(self.found) < self.most:
            self.found.setdefault((leaf.place, leaf.path), leaf)
        elif (leaf.place, leaf.path) not in self.found:
            self.open = True

    def enter(self, path: tuple[str, ...], nested: int) -> bool:
        """Whether to go on with a part at this path, so many schemas deep; the payload is open if not."""
        self.steps += 1
        full = len(self.found) >= self.most or self.steps > _STEPS * self.most
        if path and len(path[-1]) > _LONGEST_NAME:
            full = True
        if full or len(path) > DEEPEST or nested > _MOST_NESTED:
            self.open = True
            return False
        return True

    def take(self, other: Payload, source: str) -> None:
        """Add all leaves of a payload to one of a source: lines of other files are left out."""
        self.open = self.open or other.open
        for leaf in other.fields:
            self.add(leaf if other.source == source else replace(leaf, line=0))

    def payload(self, name: str, source: str, line: int) -> Payload:
        """What was found, as a payload."""
        return Payload(name, tuple(self.found.values()), self.open, source, line)


@dataclass(slots=True)
class Budget:
    """How many leaves the payloads of some files may have together; what comes late is cut short, and open, sooner."""

    left: int = 300_000
    least: int = 40

    def leaves(self) -> Leaves:
        """For the next payload."""
        return Leaves(most=max(self.least, min(MOST_FIELDS, self.left)))

    def spend(self, payload: Payload) -> Payload:
        """The payload, once its leaves are counted."""
        self.left -= len(payload.fields)
        return payload


def comment_of(text: str | None) -> str | None:
    """A description as one line of bounded length; None when it says nothing."""
    return " ".join((text or "")[: 4 * _LONGEST_COMMENT].split())[:_LONGEST_COMMENT] or None
