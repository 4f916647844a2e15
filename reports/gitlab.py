"""Audit -> GitLab's Code Quality report: https://docs.gitlab.com/ci/testing/code_quality/"""

from __future__ import annotations

import json

from lineage.audit import Audit
from reports.notices import Notice, notices
from reports.repository import Repository
from reports.text import visible

_SEVERITY = {"critical": "blocker", "high": "critical", "moderate": "major", "low": "minor"}


def code_quality(audit: Audit, repository: Repository) -> str:
    """A JSON array, one entry a line, the gravest first; approved exposures are not in it."""
    told = [notice for notice in notices(audit, repository) if notice.level != "pass"]
    return "[\n" + ",\n".join(json.dumps(_entry(notice)) for notice in told) + "\n]\n"


def _entry(notice: Notice) -> dict[str, object]:
    return {
        "description": notice.text,
        "check_name": notice.rule.id,
        "fingerprint": notice.id,
        "severity": _SEVERITY[notice.rule.severity] if notice.level == "error" else "info",
        "location": {"path": visible(notice.spot.path), "lines": {"begin": notice.spot.line}},
    }
