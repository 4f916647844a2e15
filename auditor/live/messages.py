"""What the process that receives and serves, and the one that audits, say to each other (see `auditor.frames`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from auditor.live.standards import Files
from auditor.operation.logs import Value
from auditor.operation.receiving import Receiving
from lineage.audit import Audit


@dataclass(frozen=True, slots=True)
class Task:
    """The first word to the auditing process: the folder of the service, the journal's within it, and the settings."""

    folder: Path
    journal: Path
    files: Files
    receiving: Receiving


@dataclass(frozen=True, slots=True)
class Window:
    """A question: an audit of the traces that begin in a period (nanoseconds since the epoch, None: open)."""

    number: int
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Stop:
    """Finish what is being done, and end."""


@dataclass(frozen=True, slots=True)
class Started:
    """It works; an audit of nothing, to serve until there is another."""

    audit: Audit


@dataclass(frozen=True, slots=True)
class Failed:
    """It cannot start."""

    why: str


@dataclass(frozen=True, slots=True)
class Made:
    """A new audit, which differs from the last. The end of its making follows."""

    audit: Audit


@dataclass(frozen=True, slots=True)
class Answered:
    """The audit that a `Window` asked for; None, and why, when it cannot be had."""

    number: int
    audit: Audit | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Released:
    """The entries of the journal up to this id are in the index."""

    entry: int


@dataclass(frozen=True, slots=True)
class Auditing:
    """An audit began; or it ended, well or not."""

    is_begin: bool
    is_failure: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """How it stands, at a time (seconds since the epoch)."""

    at: float = 0.0
    seconds: float = 0.0  # that the last audit took
    failures: int = 0
    bytes: int = 0  # of redacted spans in the index
    lag: float = 0.0  # the age in seconds of the oldest spans that no audit counts
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Logged:
    """An event for the log."""

    logger: str
    level: int
    event: str
    fields: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stopped:
    """The last word."""
