"""The report on reading telemetry: what was read and what was not."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field

from lineage.audit import Input

_MAX_BAD, _MAX_SKIPPED = 100, 100


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that could not be read. `where` is a line or byte of the file; `what` never quotes the input."""

    file: str
    where: str
    what: str


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong somewhere in a file: at a byte, line or span (`unit`) of some number; -1 where it has none."""

    unit: str
    number: int
    what: str

    @staticmethod
    def at(where: str, what: str) -> Fault:
        """A fault at "line 7", "byte 0", "the file"."""
        unit, _, number = where.rpartition(" ")
        return Fault(unit, int(number), what) if number.isdecimal() else Fault(where, -1, what)

    @property
    def where(self) -> str:
        """The place in words."""
        return self.unit if self.number < 0 else f"{self.unit} {self.number}"


@dataclass
class Faults:
    """The faults of one file, or of a piece of it: the first 100 by their places, in whatever order they are found."""

    first: list[Fault] = field(default_factory=list)
    count: int = 0

    def add(self, where: str, what: str) -> None:
        """Count a fault, and keep it if there is room."""
        self.take([Fault.at(where, what)], 1)

    def take(self, faults: Iterable[Fault], count: int) -> None:
        """Count faults of which the first are given."""
        self.count += count
        for fault in faults:
            insort(self.first, fault)
        del self.first[_MAX_BAD:]


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

    def add_faults(self, file: str, faults: Faults) -> None:
        """Count what is wrong in a file, and keep it as far as there is room."""
        self.bad_count += faults.count
        room = _MAX_BAD - len(self.bad)
        self.bad += [BadRecord(file, fault.where, fault.what) for fault in faults.first[:room]]

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
