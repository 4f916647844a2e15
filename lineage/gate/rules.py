"""Rules of a policy: conditions on what is exposed, and what then holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Literal

from classifiers.decisions import Pattern
from classifiers.taxonomy import is_within
from lineage.findings import SEVERITIES, RuleText, Severity
from lineage.gate.subjects import Fact, Subject
from lineage.gate.wild import fits

Effect = Literal["deny", "require_approval", "allow"]
EFFECTS: tuple[Effect, ...] = ("deny", "require_approval", "allow")  # strictest first
OWN_PRIORITY = 100  # the highest that a team's own rule may have: packs go above where a law leaves no choice


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a rule asks for: every list that is not empty must have an entry that fits; within a list one is enough.

    The first group is about the whole exposure, the second about its flows: one flow must meet all of those. Texts
    are patterns (`*`, `?`; case does not count), except for words of a closed list.
    """

    category: tuple[str, ...] = ()  # with all categories below
    group: tuple[str, ...] = ()  # regulatory groups, such as gdpr_special_category
    sensitivity: tuple[str, ...] = ()
    sink_kind: tuple[str, ...] = ()  # service, store, outsider, channel, telemetry
    sink: tuple[str, ...] = ()  # the sink's name
    provider: tuple[str, ...] = ()  # who is behind an outsider
    outsider_purpose: tuple[str, ...] = ()  # what an outsider is for, such as "language models"
    region: tuple[str, ...] = ()  # where an outsider is; "unknown" where nobody said
    purpose: tuple[str, ...] = ()  # what the exposure was approved for

    service: tuple[str, ...] = ()  # a service that sends or gets it
    owner: tuple[str, ...] = ()  # whose service that is
    operation: tuple[str, ...] = ()
    field: tuple[str, ...] = ()  # patterns of fields: store/table.column; of telemetry: the attribute
    facet: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    direction: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether it asks for nothing, and so fits everything."""
        return not any(getattr(self, name) for name in CONDITIONS)

    def fit_subject(self, subject: Subject) -> bool:
        """Whether the exposure is what the conditions on whole exposures ask for."""
        return (
            (not self.category or any(is_within(subject.category, wanted) for wanted in self.category))
            and _one_of(self.group, subject.groups)
            and _one_of(self.sensitivity, (subject.sensitivity,))
            and _one_of(self.sink_kind, (subject.sink_kind,))
            and _one_fits(self.sink, (subject.sink,))
            and _one_fits(self.provider, (subject.provider,))
            and _one_fits(self.outsider_purpose, (subject.outsider_purpose,))
            and _one_fits(self.region, (subject.region,))
            and _one_fits(self.purpose, (subject.purpose,))
        )

    def fit_fact(self, fact: Fact) -> bool:
        """Whether the flow is what the conditions on flows ask for."""
        return (
            _one_fits(self.service, fact.services)
            and _one_fits(self.owner, fact.owners)
            and _one_fits(self.operation, fact.operations)
            and (not self.field or any(_field_fits(wanted, fact) for wanted in self.field))
            and _one_of(self.facet, fact.facets)
            and _one_of(self.evidence, (fact.evidence,))
            and _one_of(self.direction, (fact.direction,))
        )


CONDITIONS = tuple(f.name for f in fields(Conditions))


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for exposures that meet `when` and not `unless`.

    Of the rules that fit a flow, those of the highest priority count, and of these the strictest.
    `needs_purpose`: an approval without a purpose is none. `longest_waiver` is the most days a waiver may run, None
    for the policy's own.
    """

    text: RuleText
    effect: Effect
    when: Conditions = Conditions()
    unless: Conditions | None = None
    priority: int = 0
    needs_purpose: bool = False
    longest_waiver: int | None = None
    place: str = field(default="", compare=False)

    @property
    def id(self) -> str:
        return self.text.id

    def fits(self, subject: Subject, fact: Fact) -> bool:
        """Whether the rule is about this flow of this exposure."""
        if not (self.when.fit_subject(subject) and self.when.fit_fact(fact)):
            return False
        return self.unless is None or not (self.unless.fit_subject(subject) and self.unless.fit_fact(fact))


@dataclass(frozen=True, slots=True)
class Decided:
    """What rules say about one exposure: the effect (None: no rule fits), and the rules that say so, sorted by id."""

    effect: Effect | None
    rules: tuple[Rule, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(rule.id for rule in self.rules)

    @property
    def needs_purpose(self) -> bool:
        """Whether an approval has to say what for."""
        return any(rule.needs_purpose for rule in self.rules)

    @property
    def longest_waiver(self) -> int | None:
        """The most days that the rules let a waiver run; None where none of them says so."""
        return min((rule.longest_waiver for rule in self.rules if rule.longest_waiver is not None), default=None)


def decide(rules: Sequence[Rule], subject: Subject) -> Decided:
    """What rules together say about an exposure: whatever they say about one of its flows, the strictest of these.

    A flow that no rule speaks of is stricter than one that is allowed: one allowed flow does not let others through.
    The order of the rules does not matter.
    """
    about = [rule for rule in rules if rule.when.fit_subject(subject)]
    by_flow = [_decide(about, subject, fact) for fact in subject.facts]
    effect = min((decided.effect for decided in by_flow), key=_STRICTNESS.index)
    heard = {rule.id: rule for decided in by_flow if decided.effect == effect for rule in decided.rules}
    return Decided(effect, tuple(heard[id_] for id_ in sorted(heard)))


_STRICTNESS: tuple[Effect | None, ...] = ("deny", "require_approval", None, "allow")


def _decide(rules: Iterable[Rule], subject: Subject, fact: Fact) -> Decided:
    fitting = [rule for rule in rules if rule.fits(subject, fact)]
    top = max((rule.priority for rule in fitting), default=0)
    heard = [rule for rule in fitting if rule.priority == top]
    effect = min((rule.effect for rule in heard), key=EFFECTS.index, default=None)
    return Decided(effect, tuple(rule for rule in heard if rule.effect == effect))


def gravest(rules: Iterable[Rule]) -> Severity | None:
    """The gravest severity of some rules; None of none."""
    return min((rule.text.severity for rule in rules), key=SEVERITIES.index, default=None)


def _one_of(wanted: Sequence[str], words: Iterable[str]) -> bool:
    return not wanted or not set(wanted).isdisjoint(words)


def _one_fits(wanted: Sequence[str], names: Iterable[str]) -> bool:
    return not wanted or any(fits(pattern, name) for name in names for pattern in wanted)


def _field_fits(wanted: str, fact: Fact) -> bool:
    if fact.place is not None:
        return _pattern(wanted).fits(*fact.place)
    return fits(wanted, fact.field)


@cache
def _pattern(text: str) -> Pattern:
    return Pattern(text)
