"""What the intake can do at the moment, and what to do about it when that is nothing."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from enum import StrEnum


class Condition(StrEnum):
    """The states of the intake. Only in `READY` anything is taken."""

    STARTING = "starting"
    READY = "ready"
    FULL = "full"
    LOCKED = "locked"
    DAMAGED = "damaged"
    FAILING = "failing"
    STOPPING = "stopping"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class State:
    """A condition since a time (seconds since the epoch), in words for whoever runs the auditor."""

    condition: Condition
    since: float
    what: str = ""


class Trouble(Exception):
    """The journal cannot be written now."""

    def __init__(self, condition: Condition, what: str) -> None:
        super().__init__(what)
        self.condition, self.what = condition, what


_DISK = "the disk cannot be written (%s): see the system's log"
_BY_NAME = (
    ("SQLITE_FULL", Condition.FULL, "the disk is full: make space, and it goes on by itself"),
    ("SQLITE_BUSY", Condition.LOCKED, "another process holds the journal: stop it, and it goes on by itself"),
    ("SQLITE_LOCKED", Condition.LOCKED, "another process holds the journal: stop it, and it goes on by itself"),
    ("SQLITE_CORRUPT", Condition.DAMAGED, "the journal is damaged: move its folder away (keep it), and start again"),
    ("SQLITE_NOTADB", Condition.DAMAGED, "the journal is damaged: move its folder away (keep it), and start again"),
)


def trouble_of(error: sqlite3.Error | OSError) -> Trouble:
    """What an error of the journal means. Quotes nothing but the error's own name."""
    name = getattr(error, "sqlite_errorname", "") if isinstance(error, sqlite3.Error) else error.strerror
    for begins, condition, what in _BY_NAME:
        if str(name).startswith(begins):
            return Trouble(condition, what)
    return Trouble(Condition.FAILING, _DISK % (name or type(error).__name__))
