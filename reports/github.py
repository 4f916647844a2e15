"""Audit -> what GitHub Actions shows of a job: annotations at lines of files, and the summary of a step.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from lineage.audit import Audit
from reports.markdown import document
from reports.notices import Notice, notices
from reports.repository import Repository
from reports.text import count, visible

MOST_OF_A_KIND = 10  # annotations that GitHub shows of a step
LARGEST_SUMMARY = 900 * 1024  # bytes; above 1 MiB GitHub drops the summary
_COMMAND = {"error": "error", "warning": "warning", "note": "notice"}


def workflow_commands(audit: Audit, repository: Repository) -> str:
    """Workflow commands, one a line. When there are more than GitHub shows, the last of a kind says how many."""
    told = [notice for notice in notices(audit, repository) if notice.level in _COMMAND]
    lines = [line for level, group in groupby(told, lambda n: n.level) for line in _of(_COMMAND[level], list(group))]
    return "".join(line + "\n" for line in lines)


def job_summary(audit: Audit, repository: Repository) -> str:
    """Markdown for $GITHUB_STEP_SUMMARY, as long as it fits."""
    return document(audit, repository, LARGEST_SUMMARY)


def _of(command: str, told: list[Notice]) -> Iterator[str]:
    shown = told if len(told) <= MOST_OF_A_KIND else told[: MOST_OF_A_KIND - 1]
    for notice in shown:
        where = f"file={_property(notice.spot.path)},line={notice.spot.line},endLine={notice.spot.line}"
        yield f"::{command} {where},title={_property(notice.title)}::{_data(notice.text)}"
    if len(told) > len(shown):
        yield f"::{command} title=And more::{count(len(told) - len(shown), 'more of this kind', 'more of this kind')}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
