"""The report on reading telemetry: what was read and what was not."""

from __future__ import annotations

from dataclasses import dataclass, field

from lineage.audit import Input

_MAX_BAD, _MAX_SKIPPED = 100, 100


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that could not be read. `where` is a line or byte of the file; `what` never quotes the input."""

    file: str
    where: str
    what: str


@dataclass
class ReadReport:
    """What was read and what was not. `bad` holds the first 100 bad records, `bad_count` counts all.

    `skipped` names files that hold no traces the auditor can read: the first 100, then how many more.
    """

    inputs: list[Input] = field(default_factory=list)
    bad: list[BadRecord] = field(default_factory=list)
    bad_count: int = 0
    skipped: list[str] = field(default_factory=list)
    skipped_count: int = 0
    bytes_read: int = 0

    def add_bad(self, file: str, where: str, what: str) -> None:
        """Count a bad record, and keep it if there is room."""
        self.bad_count += 1
        if len(self.bad) < _MAX_BAD:
            self.bad.append(BadRecord(file, where, what))

    def skip(self, name: str) -> None:
        """Count a file that was not read, and keep its name if there is room."""
        self.skipped_count += 1
        if len(self.skipped) < _MAX_SKIPPED:
            self.skipped.append(name)

    def add(self, later: ReadReport) -> None:
        """Take over a report on what was read after this."""
        self.inputs += later.inputs
        self.bad += later.bad[: _MAX_BAD - len(self.bad)]
        self.bad_count += later.bad_count
        self.skipped += later.skipped[: _MAX_SKIPPED - len(self.skipped)]
        self.skipped_count += later.skipped_count
        self.bytes_read += later.bytes_read
