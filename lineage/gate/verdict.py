"""The verdict: one word, the sentences that made it, and what may be said of what was not seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lineage.audit import Audit, Verdict
from lineage.gate.findings import ENDS_SOON, EXPIRED, UNUSED
from lineage.gate.floors import rarity


def verdict(audit: Audit, thin: Sequence[str]) -> Verdict:
    """What the gate says of an audit whose exposures, leaks and findings are settled. What fails goes before thin
    telemetry: it was seen."""
    notes = tuple(_notes(audit))
    against = tuple(_against(audit))
    if against:
        return Verdict("not_approved", (*against, *thin), notes)
    if any(finding.level == "fail" for finding in audit.findings):  # whatever it is, it does not pass
        failed = tuple(finding.text for finding in audit.findings if finding.level == "fail")
        return Verdict("not_approved", (*failed, *thin), notes)
    if thin:
        return Verdict("inconclusive", tuple(thin), notes)
    return Verdict("pass", (_good(audit),), notes)


def _against(audit: Audit) -> Iterator[str]:
    new = sum(exposure.state == "new" for exposure in audit.exposures)
    violations = sum(exposure.state == "violation" for exposure in audit.exposures)
    if new or violations:
        against = f", {violations} of them against a rule" if violations else ""
        yield f"{_count(new + violations, 'exposure')} not approved{against}"
    leaks = sum(leak.state in ("new", "violation") for leak in audit.leaks)
    if leaks:
        yield f"{_count(leaks, 'leak')} in telemetry against a rule"
    for finding in audit.findings:
        if finding.rule == EXPIRED.id:
            yield finding.text


def _notes(audit: Audit) -> Iterator[str]:
    bound = rarity(audit.scope.traces)
    if bound:
        yield bound
    for finding in audit.findings:
        if finding.rule in (ENDS_SOON.id, UNUSED.id):
            yield finding.text


def _good(audit: Audit) -> str:
    if not audit.exposures:
        return "no exposure was seen"
    waived = sum(exposure.state == "waived" for exposure in audit.exposures)
    return f"every exposure seen is approved{f', or waived ({waived})' if waived else ''}"


def _count(number: int, word: str) -> str:
    return f"1 {word} is" if number == 1 else f"{number} {word}s are"
