"""What every reader of payload schemas takes and gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lineage.payload import Endpoint, Payload

MOST_FIELDS = 2_000  # leaves of one payload; a larger one is cut short and counts as open
DEEPEST = 16  # names in the path of a leaf; a recursive type is cut where it comes round


@dataclass(frozen=True, slots=True)
class SchemaFile:
    """A schema file: where it lies, the name to show, its bytes (decompressed), and the service it was bound to."""

    path: Path
    name: str
    data: bytes
    service: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a schema file, in words for a user that never quote a value; `line` 0 when unknown."""

    file: str
    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Payloads:
    """What some schema files declare. `messages` are payload types, used by an endpoint or not."""

    endpoints: tuple[Endpoint, ...] = ()
    messages: tuple[Payload, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def all(self) -> tuple[Payload, ...]:
        """Every payload, those of endpoints too, each once."""
        used = (p for e in self.endpoints for p in (e.request, e.response) if p is not None)
        return tuple({id(payload): payload for payload in (*self.messages, *used)}.values())


def joined(parts: Sequence[Payloads]) -> Payloads:
    """Several answers as one."""
    return Payloads(
        tuple(endpoint for part in parts for endpoint in part.endpoints),
        tuple(message for part in parts for message in part.messages),
        tuple(problem for part in parts for problem in part.problems),
    )
