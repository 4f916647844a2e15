"""Audit -> what the gate says, in plain lines for a terminal or a log. The first line is the verdict."""

from __future__ import annotations

from lineage.findings import Finding
from lineage.gate.findings import NOT_APPROVED
from lineage.model import Audit
from reports.explain import story
from reports.text import count, visible

_LEVELS = {"fail": "FAILED", "inconclusive": "INCONCLUSIVE", "warn": "warning", "note": "note"}
_WORDS = {"pass": "PASSED", "not_approved": "NOT APPROVED", "inconclusive": "INCONCLUSIVE"}


def beside_exposures(audit: Audit) -> list[Finding]:
    """What the gate found that is not the state of an exposure: of leaks, of waivers."""
    told = {(exposure.id, rule) for exposure in audit.exposures for rule in exposure.rules or (NOT_APPROVED.id,)}
    thin = set(audit.verdict.reasons)  # the first line says those
    return [f for f in audit.findings if (f.subject, f.rule) not in told and f.text not in thin]


def lines(audit: Audit) -> list[str]:
    """The verdict with its reasons, the story of each exposure that waits for a decision, what else the gate found, and
    what to do next."""
    new = [exposure for exposure in audit.exposures if exposure.state in ("new", "violation")]
    text = [f"{_WORDS[audit.verdict.state]}: {'; '.join(audit.verdict.reasons)}"]
    for exposure in sorted(new, key=lambda e: (e.category, e.sink)):
        text += ["", *story(audit, exposure)]
    others = [f"  {_LEVELS[finding.level]}: {finding.text}" for finding in beside_exposures(audit)]
    others += [f"  note: {note}" for note in audit.verdict.notes if not any(note in line for line in others)]
    if others:
        text += ["", "The gate also says:", *others]
    if audit.not_seen:
        text += ["", f"{count(len(audit.not_seen), 'approved exposure')} not seen this time: never read as removed."]
    if new:
        text += ["", "To approve after review: auditor approve ID... (same inputs), or --all; then commit the lock."]
    return [visible(line) for line in text]
