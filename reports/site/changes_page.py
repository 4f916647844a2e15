"""What is new between two windows of time, cut to what a page holds."""

from __future__ import annotations

from dataclasses import dataclass

from lineage.audit import Audit
from lineage.questions.bounded import bounded
from lineage.questions.changes import Changes, changes

ROWS = 100  # of each list


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """The days asked for; `trouble` says why there is no answer. `left` counts the rows that are not there, by list."""

    start: str
    end: str
    trouble: str = ""
    changes: Changes | None = None
    left: dict[str, int] | None = None


def changes_page(start: str, end: str, before: Audit, after: Audit) -> ChangesPage:
    """The page that compares two audits."""
    shown, left = bounded(changes(before, after), ROWS)
    lists = ("exposures", "flows", "fields", "parties", "leaks")
    return ChangesPage(start, end, "", shown, dict.fromkeys(lists, 0) | {one.list: one.records for one in left})
