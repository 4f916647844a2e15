"""What was counted apart from the index, in parts by how far the journal had been read for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lineage.merge import total
from lineage.system import SystemModel


@dataclass(frozen=True, slots=True)
class Part:
    """A model, and the last entry of the journal that it counts."""

    model: SystemModel
    last: int


@dataclass(slots=True)
class Parts:
    """At most three: of entries that are in the index, of those that will be there next, of newer ones."""

    _parts: list[Part] = field(default_factory=list)

    def add(self, new: Part, moved: int) -> None:
        """Add what was counted. Entries up to `moved` are in the index."""
        held = [part for part in (*self._parts, new) if part.last <= moved]
        later = [part for part in (*self._parts, new) if part.last > moved]
        if len(later) > 2:
            later[1:] = [_joined(later[1:])]
        self._parts = [_joined(held), *later] if held else later

    def forget(self, entry: int) -> None:
        """Drop the parts that count nothing newer than this entry."""
        self._parts = [part for part in self._parts if part.last > entry]

    def models(self) -> Iterator[SystemModel]:
        """The models of all parts."""
        return (part.model for part in self._parts)


def _joined(parts: list[Part]) -> Part:
    return parts[0] if len(parts) == 1 else Part(total(part.model for part in parts), max(part.last for part in parts))
