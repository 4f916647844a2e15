"""Audit -> what the gate says, in plain lines for a terminal or a log. The first line is the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lineage.audit import Audit, Exposure
from reports.explain import story
from reports.text import count, visible

_WORDS = {"pass": "PASSED", "not_approved": "NOT APPROVED", "inconclusive": "INCONCLUSIVE"}


def lines(audit: Audit) -> list[str]:
    """The verdict with its reasons, the story of each exposure that waits for a decision, and what to do next."""
    new = [exposure for exposure in audit.exposures if exposure.state in ("new", "violation")]
    text = [f"{_WORDS[audit.verdict.state]}: {'; '.join(audit.verdict.reasons)}"]
    for exposure in sorted(new, key=lambda e: (e.category, e.sink)):
        text += ["", *story(audit, exposure), *_rules(audit, exposure)]
    waiting = {exposure.id for exposure in new}
    text += _block("Also", [f.text for f in audit.findings if f.level == "fail" and f.subject not in waiting])
    if audit.not_seen:
        text += ["", f"{count(len(audit.not_seen), 'approved exposure')} not seen this time: never read as removed."]
    if any(exposure.state == "new" for exposure in new):
        text += ["", "To approve after review: auditor approve ID... (same inputs), or --all; then commit the lock."]
    if any(exposure.state == "violation" for exposure in new):
        text += ["", "What is against a rule no approval lifts: mend it, or auditor waive ID --reason ... --owner ..."]
    text += _block("Note", list(audit.verdict.notes))
    return [visible(line) for line in text]


def _rules(audit: Audit, exposure: Exposure) -> Iterator[str]:
    for rule in audit.rules:
        if rule.id in exposure.rules:
            law = f" ({visible(rule.law)}: {visible(rule.url)})" if rule.law else ""
            yield f"  rule {visible(rule.id)}, {rule.severity}: {visible(rule.text, 500)}{law}"


def _block(title: str, rows: Sequence[str]) -> list[str]:
    return ["", *(f"{title}: {row}" for row in rows)] if rows else []
