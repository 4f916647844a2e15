"""What the gate says, as frozen values: rules in words, waivers, findings. Part of the audit; see lineage/gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "high", "moderate", "low"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "moderate", "low")  # gravest first
Level = Literal["fail", "inconclusive", "warn", "note"]
LEVELS: tuple[Level, ...] = ("fail", "inconclusive", "warn", "note")
WaiverKind = Literal["accepted_risk", "false_positive", "pending_fix"]
WAIVER_KINDS: tuple[WaiverKind, ...] = ("accepted_risk", "false_positive", "pending_fix")


@dataclass(frozen=True, slots=True, order=True)
class RuleText:
    """A rule in words for a reviewer. `law` names the article it is about (`GDPR Art. 9`), `url` leads to its text.

    `source` says where the rule stands: the name of a rule pack, `policy.toml`, or `gate` for the gate's own.
    """

    id: str
    severity: Severity
    text: str
    law: str = ""
    url: str = ""
    source: str = "gate"


@dataclass(frozen=True, slots=True, order=True)
class Waiver:
    """Somebody's leave for an exposure (`e1-...`) or a leak (`l1-...`) that is not approved, until a day.

    `expires` and `created` are days (ISO 8601, UTC); the last day still counts. `about` says in words what it is
    for. `line` is where it stands in its file (1-based, 0 unknown).
    """

    id: str
    reason: str
    owner: str
    expires: str
    kind: WaiverKind = "accepted_risk"
    created: str = ""
    about: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing the gate has to say.

    `fail` turns the verdict against the change, `inconclusive` keeps it from passing; `warn` and `note` do neither.

    `rule` is the id of a rule in `Audit.rules`; `subject` the id of the exposure, leak or waiver that it is about, ""
    for the whole audit; `text` a sentence for a person. What is waived is a `note`.
    """

    level: Level
    rule: str
    severity: Severity
    subject: str
    text: str
