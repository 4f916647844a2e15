"""The audit's verdict as one sentence and what follows from it, for a person who reads nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from lineage.audit import Audit
from reports.text import count


@dataclass(frozen=True, slots=True)
class VerdictView:
    """`state` is the model's word, `headline` one sentence, `reasons` the sentences under it."""

    state: str
    headline: str
    reasons: tuple[str, ...]
    next_steps: tuple[str, ...]


def verdict(audit: Audit) -> VerdictView:
    """Say what the gate said, never more: what telemetry did not show is not taken for absent."""
    reasons = audit.verdict.reasons
    if audit.verdict.state == "not_approved" and undecided(audit):
        reasons = reasons[1:]  # the headline says the first
    return VerdictView(audit.verdict.state, _headline(audit), reasons, _next_steps(audit))


def undecided(audit: Audit) -> int:
    """How many exposures wait for a reviewer."""
    return sum(exposure.state in ("new", "violation") for exposure in audit.exposures)


def _headline(audit: Audit) -> str:
    waiting = undecided(audit)
    if audit.verdict.state == "inconclusive":
        also = f", and {count(waiting, 'exposure')} not approved" if waiting else ""
        return f"The telemetry is too thin for a verdict{also}."
    if waiting:
        verb = "is" if waiting == 1 else "are"
        return f"{count(waiting, 'exposure')} of personal data {verb} not approved."
    if audit.verdict.state == "not_approved":
        return "The gate did not pass."
    if not audit.exposures:
        return "No personal data was seen reaching any party."
    return f"Nothing new: all {count(len(audit.exposures), 'exposure')} of personal data seen are approved or waived."


def _next_steps(audit: Audit) -> tuple[str, ...]:
    steps = []
    if undecided(audit):
        steps.append("Review each exposure that is not approved: remove the flow, or approve it by its id.")
    if audit.leaks:
        steps.append("Stop the telemetry leaks at their source: everyone who reads traces can read those values.")
    if audit.not_seen:
        steps.append("Approved exposures that were not seen stay in the lock: look for missing telemetry first.")
    if audit.gaps:
        steps.append("Close the gaps: each one hides flows that this audit cannot show.")
    return tuple(steps) or ("Keep the lock in version control and run the gate on every change.",)
