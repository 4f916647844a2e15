"""A policy: what a team's state folder says, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from lineage.findings import Waiver
from lineage.gate.floors import USUAL_FLOORS, Floors
from lineage.gate.moved import Moved
from lineage.gate.rules import Rule
from lineage.gate.subjects import Subject
from lineage.gate.waivers import USUAL_LIMITS, WaiverLimits


@dataclass(frozen=True, slots=True)
class Example:
    """A test of the rules, written beside them: what is exposed, and the state that must come of it.

    `rules` are the ids that must be named, () for any. `approved` says whether the lock holds it.
    """

    title: str
    subject: Subject
    approved: bool
    expect: str
    rules: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds where the lock alone does not decide. `owners` maps patterns of services to whose they are.

    Without any rule, each exposure needs an approval, and leaks in telemetry are told but do not fail.
    """

    rules: tuple[Rule, ...] = ()
    floors: Floors = USUAL_FLOORS
    limits: WaiverLimits = USUAL_LIMITS
    moved: tuple[Moved, ...] = ()
    owners: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    @property
    def denying(self) -> frozenset[str]:
        """The ids of the rules that no approval lifts."""
        return frozenset(rule.id for rule in self.rules if rule.effect == "deny")


@dataclass(frozen=True, slots=True)
class Standards:
    """What an audit is judged by beside the lock. `today` is a day in UTC; without it, every waiver has ended."""

    policy: Policy = field(default_factory=Policy)
    waivers: tuple[Waiver, ...] = ()
    today: date = date.max


PLAIN = Standards()
