"""The rules that notices are given under, in words for a reviewer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from lineage.findings import SEVERITIES, RuleText, Severity
from lineage.gate.findings import NOT_APPROVED, THIN
from reports.text import visible

LONGEST = 1000  # characters of a rule's text


@dataclass(frozen=True, slots=True)
class Rule:
    """`id` is stable; `title` is a phrase, `text` says what the rule is, `help` what to do, `link` where to read on."""

    id: str
    severity: Severity
    title: str
    text: str
    help: str
    link: str = ""


NEW: Final = Rule(
    NOT_APPROVED.id,
    "high",
    "Personal data reaches a party, and nobody has approved it",
    "Telemetry shows, or a schema or call allows, that a category of personal data reaches a party. This exposure is "
    "not in the lock of approved exposures.",
    "Run 'auditor explain ID' for the path and the evidence. Then either stop the flow, or approve the exposure with "
    "'auditor approve ID' and commit the lock: the reviewed change of that file is the approval.",
)
FORBIDDEN: Final = Rule(
    "gate.against-policy",
    "high",
    "Personal data reaches a party against the policy",
    "Telemetry shows, or a schema or call allows, that a category of personal data reaches a party, and a rule of the "
    "policy forbids it.",
    "Run 'auditor explain ID' for the path and the evidence. Stop the flow, or have the policy's owner waive it for a "
    "time with a reason.",
)
LEAK: Final = Rule(
    "gate.telemetry-leak",
    "high",
    "Personal data stands inside telemetry itself",
    "An attribute of spans holds personal data, so everyone who reads traces can read it. The auditor keeps no value.",
    "Stop recording it at its source, or delete it at the collector: 'auditor report --format collector' writes the "
    "collector's configuration.",
)
GATE: Final = Rule(
    "gate.not-passed",
    "high",
    "The gate did not pass",
    "Something other than a single exposure keeps the gate from passing.",
    "Read the reason, and correct what it names.",
)
INCONCLUSIVE: Final = Rule(
    THIN.id,
    "high",
    "The telemetry is too thin for a verdict",
    "What was not seen cannot be approved or cleared: a run without enough telemetry says nothing about the change.",
    "Look for what sent no spans: a test that did not run, a service without instrumentation, a collector that drops.",
)


class Rules:
    """The audit's own rules by id."""

    def __init__(self, texts: Iterable[RuleText]) -> None:
        self._by_id = {text.id: _rule(text) for text in texts}

    def of(self, ids: Iterable[str], usual: Rule, sensitivity: str) -> Rule:
        """The gravest of the rules named; without one the `usual`, as grave as the data is sensitive.

        The severity is a part of its id then: formats know severities of rules, not of what rules find.
        """
        named = [self._by_id[id_] for id_ in ids if id_ in self._by_id]
        if named:
            return min(named, key=lambda rule: (SEVERITIES.index(rule.severity), rule.id))
        severity = next((known for known in SEVERITIES if known == sensitivity), SEVERITIES[-1])
        return replace(usual, id=f"{usual.id}/{severity}", severity=severity)

    def get(self, id_: str) -> Rule:
        """The rule of an id; one that the audit names and does not hold is the gate's."""
        return self._by_id.get(id_) or replace(GATE, id=_id(id_))


def _rule(told: RuleText) -> Rule:
    text = visible(told.text, LONGEST) or GATE.title
    title = text.partition(". ")[0].rstrip(".")
    law = f" ({visible(told.law, 200)})" if told.law else ""
    about = f"{text}{law}"
    todo = "" if told.source == "gate" else " Stop the flow, or have the owner of the policy waive it for a time."
    help_ = f"{about}{todo} Run 'auditor explain ID' for the path and the evidence."
    link = told.url if told.url.startswith("https://") and told.url == visible(told.url) and " " not in told.url else ""
    return Rule(_id(told.id), told.severity, visible(title, 200), about, help_, link)


def _id(text: str) -> str:
    """Fit to be seen, and of the length that GitHub takes also when it is all codes."""
    return visible(visible(text), 200) or GATE.id
