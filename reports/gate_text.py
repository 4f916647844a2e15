"""Audit -> what the gate says, in plain lines for a terminal or a log. The first line is the verdict."""

from __future__ import annotations

from lineage.model import Audit
from reports.explain import story
from reports.text import count, visible

_WORDS = {"pass": "PASSED", "not_approved": "NOT APPROVED", "inconclusive": "INCONCLUSIVE"}


def lines(audit: Audit) -> list[str]:
    """The verdict with its reasons, the story of each exposure that waits for a decision, and what to do next."""
    new = [exposure for exposure in audit.exposures if exposure.state in ("new", "violation")]
    text = [f"{_WORDS[audit.verdict.state]}: {'; '.join(audit.verdict.reasons)}"]
    for exposure in sorted(new, key=lambda e: (e.category, e.sink)):
        text += ["", *story(audit, exposure)]
    if audit.not_seen:
        text += ["", f"{count(len(audit.not_seen), 'approved exposure')} not seen this time: never read as removed."]
    if new:
        text += ["", "To approve after review: auditor approve ID... (same inputs), or --all; then commit the lock."]
    return [visible(line) for line in text]
