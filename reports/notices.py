"""What the gate has to say about single things, in the words and the order that every format shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from classifiers import taxonomy
from lineage.audit import Audit, AuditField, Exposure, Flow, Place
from lineage.diff import leak_id
from lineage.findings import Waiver
from lineage.gate.findings import NOT_APPROVED
from lineage.model import Leak
from reports.flow_view import exposure_views, flow_views
from reports.repository import Repository, Spot
from reports.rules import FORBIDDEN, GATE, INCONCLUSIVE, LEAK, NEW, Rule, Rules
from reports.text import count, visible
from reports.words import KIND_WORDS, STATE_WORDS

Level = Literal["error", "warning", "note", "pass"]
LEVELS: tuple[Level, ...] = ("error", "warning", "note", "pass")  # gravest first
NAME = 200  # characters of a name that a message shows
LONGEST = 1000  # characters of a whole message
_OF_STATE: dict[str, Level] = {"approved": "pass", "waived": "note", "told": "warning"}
_OF_FINDING: dict[str, Level] = {"fail": "error", "inconclusive": "error", "warn": "warning", "note": "note"}


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell. `id` stays the same from run to run; `level` is error when it keeps the gate from passing,
    warning and note when not, pass when it is approved. `title` is a phrase and `text` one line, fit to be seen.
    """

    id: str
    level: Level
    rule: Rule
    title: str
    text: str
    spot: Spot
    exposure: Exposure | None = None
    flows: tuple[Flow, ...] = ()
    waiver: Waiver | None = None


def notices(audit: Audit, repository: Repository) -> tuple[Notice, ...]:
    """All of them, the gravest first: of the gate as a whole, one for each exposure, each leak in telemetry."""
    rules = Rules(audit.rules)
    with taxonomy.read_as(audit.readings):
        found = [*_exposures(audit, rules, repository), *_leaks(audit, rules, repository)]
    found = [*_findings(audit, rules, repository), *found]
    thin = audit.verdict.state == "inconclusive" and not any(notice.rule.id == INCONCLUSIVE.id for notice in found)
    if thin or (audit.verdict.state != "pass" and not any(notice.level == "error" for notice in found)):
        found = [_verdict(audit, repository), *found]  # a run that did not pass must never look clean
    return _numbered(sorted(found, key=lambda notice: LEVELS.index(notice.level)))


def places(flow: Flow, fields: dict[str, AuditField]) -> tuple[Place, ...]:
    """Where schemas declare what a flow carries: the payloads that can carry it, then the column it came from."""
    field = fields.get(flow.field or "")
    return (*flow.places, *((field.place,) if field and field.place else ()))


def _exposures(audit: Audit, rules: Rules, repository: Repository) -> Iterator[Notice]:
    fields = {field.id: field for field in audit.fields}
    for view in exposure_views(audit, flow_views(audit)):
        exposure, flows = view.exposure, tuple(v.flow for v in view.flows)
        sink = f"{KIND_WORDS[exposure.sink.kind]} {visible(exposure.sink.name, NAME)}"
        by = sorted({f"{flow.source.kind} {visible(flow.source.name, NAME)}" for flow in flows})
        carried = sorted({visible(flow.field, NAME) for flow in flows if flow.field})
        yield Notice(
            visible(exposure.id, NAME) or "exposure",
            _OF_STATE.get(exposure.state, "error"),
            rules.of(exposure.rules, FORBIDDEN if exposure.state == "violation" else NEW, exposure.sensitivity),
            f"{visible(view.category.title, NAME)} to {sink}",
            _line(
                f"{visible(exposure.category, NAME)} reaches {sink}",
                f"from {_some(by)}" if by else "",
                f"field {_some(carried)}" if carried else "",
                f"{STATE_WORDS[exposure.state]}, {exposure.evidence}",
                f"sensitivity {visible(exposure.sensitivity, NAME)}",
                _rules(exposure.rules),
                _leave(exposure.waiver),
                f"auditor explain {visible(exposure.id, NAME)}",
            ),
            repository.spot((place for flow in flows for place in places(flow, fields)), exposure.id),
            exposure,
            flows,
            exposure.waiver if exposure.state == "waived" else None,
        )


def _leaks(audit: Audit, rules: Rules, repository: Repository) -> Iterator[Notice]:
    for leak in sorted(audit.leaks):
        where = f"{visible(leak.attribute, NAME)} of service {visible(leak.service, NAME)}"
        yield Notice(
            visible(leak.id, NAME) or leak_id(leak.service, leak.attribute, leak.category),
            _OF_STATE.get(leak.state, "error"),
            rules.of(leak.rules, LEAK, taxonomy.sensitivity(leak.category)),
            f"{visible(taxonomy.title(leak.category), NAME)} inside telemetry, in {where}",
            _line(
                f"{visible(leak.category, NAME)} inside telemetry itself, in {where}",
                count(leak.spans, "span"),
                "every reader of traces can see it",
                _rules(leak.rules),
                _leave(leak.waiver),
                "auditor report --format collector stops it at the collector",
            ),
            repository.spot((), leak.id),
            waiver=leak.waiver if leak.state == "waived" else None,
        )


def _findings(audit: Audit, rules: Rules, repository: Repository) -> Iterator[Notice]:
    """What the gate says beside the state of each exposure and leak: of waivers, of coverage."""
    subjects: tuple[Exposure | Leak, ...] = (*audit.exposures, *audit.leaks)
    states = {(subject.id, rule) for subject in subjects for rule in subject.rules or (NOT_APPROVED.id,)}
    for finding in audit.findings:
        if (finding.subject, finding.rule) in states:
            continue
        rule, subject = rules.get(finding.rule), visible(finding.subject, NAME)
        id_ = f"{rule.id}/{subject}" if subject else rule.id
        text = _line(finding.text or rule.title)
        yield Notice(id_, _OF_FINDING[finding.level], rule, rule.title, text, repository.spot((), finding.subject))


def _verdict(audit: Audit, repository: Repository) -> Notice:
    rule = INCONCLUSIVE if audit.verdict.state == "inconclusive" else GATE
    return Notice(rule.id, "error", rule, rule.title, _line(*audit.verdict.reasons) or rule.title, repository.spot(()))


def _numbered(found: Iterable[Notice]) -> tuple[Notice, ...]:
    """No two of the same id: some readers would show only one of them."""
    times: Counter[str] = Counter()
    result = []
    for notice in found:
        times[notice.id] += 1
        again = times[notice.id]
        result.append(replace(notice, id=f"{notice.id}#{again}") if again > 1 else notice)
    return tuple(result)


def _rules(ids: tuple[str, ...]) -> str:
    return f"by {_some([visible(id_, NAME) for id_ in ids])}" if ids else ""


def _leave(waiver: Waiver | None) -> str:
    if waiver is None:
        return ""
    return (
        f"waived until {visible(waiver.expires, NAME)} by {visible(waiver.owner, NAME)}: {visible(waiver.reason, NAME)}"
    )


def _line(*parts: str) -> str:
    return visible("; ".join(part for part in parts if part), LONGEST)


def _some(names: list[str], most: int = 3) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most:,} more" if len(names) > most else "")
