"""What the gate found, in single sentences, each under the id of a rule."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from lineage.audit import Audit
from lineage.findings import LEVELS, SEVERITIES, Finding, Level, RuleText, Severity, Waiver
from lineage.gate.judged import Judged
from lineage.gate.policy import Standards
from lineage.gate.rules import Rule
from lineage.gate.subjects import Subject
from lineage.gate.waivers import days_left, expired, too_long

NOT_APPROVED = RuleText("gate.not-approved", "moderate", "Personal data reaches a party, and nobody approved that.")
EXPIRED = RuleText("gate.waiver-expired", "high", "A waiver has ended: fix what it was for, or renew it with a reason.")
TOO_LONG = RuleText("gate.waiver-too-long", "high", "A waiver runs longer than the policy allows and does not count.")
ENDS_SOON = RuleText("gate.waiver-ends-soon", "low", "A waiver is about to end.")
UNUSED = RuleText("gate.waiver-unused", "low", "A waiver covers nothing that this audit found.")
THIN = RuleText("gate.thin-telemetry", "moderate", "There is too little telemetry to say that nothing is new.")
OWN_RULES = (NOT_APPROVED, EXPIRED, TOO_LONG, ENDS_SOON, UNUSED, THIN)


def findings(
    judged: Sequence[Judged], standards: Standards, seen: Collection[str], thin: Iterable[str]
) -> tuple[Finding, ...]:
    """Everything the gate has to say: what fails first, then the gravest. `seen` are all ids of what was seen."""
    found = [finding for one in judged for finding in _of_subject(one)]
    by_waiver = {one.waiver: one for one in judged if one.waiver is not None}
    for waiver in standards.waivers:
        found += _of_waiver(waiver, by_waiver.get(waiver), standards, waiver.id in seen)
    found += [Finding("inconclusive", THIN.id, THIN.severity, "", text) for text in thin]
    return tuple(sorted(found, key=_rank))


def texts_of(audit: Audit, found: Iterable[Finding], rules: Iterable[Rule]) -> tuple[RuleText, ...]:
    """The rules that exposures, leaks and findings name, in words, sorted by id."""
    named = {finding.rule for finding in found}
    named.update(id_ for exposure in audit.exposures for id_ in exposure.rules)
    named.update(id_ for leak in audit.leaks for id_ in leak.rules)
    texts = {text.id: text for text in (*OWN_RULES, *(rule.text for rule in rules))}
    return tuple(texts[id_] for id_ in sorted(named) if id_ in texts)


def says(subject: Subject) -> str:
    """What is exposed, as a phrase: `user.name reaches outsider pay.example`."""
    if subject.is_leak:
        fields = ", ".join(sorted({fact.field for fact in subject.facts}))
        return f"{subject.category} is in telemetry of {subject.sink} ({fields})"
    return f"{subject.category} reaches {subject.sink_kind} {subject.sink}"


def _of_subject(one: Judged) -> Iterator[Finding]:
    if one.state not in ("new", "violation", "waived"):
        return
    what = says(one.subject)
    end = ""
    if one.honoured and one.waiver is not None:
        end = f" (waived until {one.waiver.expires} by {one.waiver.owner}: {one.waiver.reason})"
    elif one.state == "new" and one.approval is not None:
        end = " The approval does not say what for (--purpose)."
    level: Level = "note" if one.honoured else "fail"
    for rule in one.decided.rules:
        yield Finding(level, rule.id, rule.text.severity, one.subject.id, f"{what}: {rule.text.text}{end}")
    if not one.decided.rules:
        severity = _severity(one.subject)
        yield Finding(level, NOT_APPROVED.id, severity, one.subject.id, f"{what}, which is not approved{end}")


def _of_waiver(waiver: Waiver, one: Judged | None, standards: Standards, seen: bool) -> Iterator[Finding]:
    words = f"waiver of {waiver.id} ({waiver.owner}: {waiver.reason})"
    left = days_left(waiver, standards.today)
    most = one.most_days if one else standards.policy.limits.most
    if expired(waiver, standards.today):
        yield _about(EXPIRED, "fail", waiver, f"the {words} ended on {waiver.expires}")
        return
    if too_long(waiver, most, standards.today):
        text = f"the {words} runs until {waiver.expires}, and {most} days are the most for it: it does not count"
        yield _about(TOO_LONG, "fail" if one and one.state in ("new", "violation") else "warn", waiver, text)
        return
    if one is None or not one.honoured:
        why = "covers what needs no waiver" if seen else "covers what this audit did not see"
        text = f"the {words} {why}; to remove it: auditor prune"
        yield _about(UNUSED, "warn", waiver, text)
    if left <= standards.policy.limits.warn:
        yield _about(ENDS_SOON, "warn", waiver, f"the {words} ends on {waiver.expires}, in {left} days")


def _about(rule: RuleText, level: Level, waiver: Waiver, text: str) -> Finding:
    return Finding(level, rule.id, rule.severity, waiver.id, text)


def _severity(subject: Subject) -> Severity:
    word = subject.sensitivity
    return word if word in SEVERITIES else "low"


def _rank(finding: Finding) -> tuple[object, ...]:
    return LEVELS.index(finding.level), SEVERITIES.index(finding.severity), finding.rule, finding.subject, finding.text
