"""Audit -> a few lines of plain text: what a person reads on the terminal after an audit."""

from __future__ import annotations

from lineage.audit import Audit
from lineage.model import EVIDENCE
from reports.field_view import FieldView, field_views
from reports.flow_view import ExposureView, exposure_views, flow_views
from reports.text import count, share, visible
from reports.verdict import verdict
from reports.view import coverage, over_fetch_views
from reports.words import KIND_WORDS, STATE_WORDS, STATES, gap_title

SHOWN = 5  # of each list: the report has the rest


def lines(audit: Audit) -> list[str]:
    """The summary, a line each, without terminal codes. Names from outside cannot add a line or an escape."""
    told = verdict(audit)
    fields = field_views(audit)
    exposures = exposure_views(audit, flow_views(audit))
    waiting = [view for view in exposures if view.exposure.state in ("new", "violation")]
    text = [told.headline, *(f"  {reason}" for reason in told.reasons), f"Looked at: {'; '.join(coverage(audit))}"]
    text += ["", *_counts(audit, fields)]
    text += _block("Not approved", [_exposure(view) for view in waiting])
    text += _block("Sensitive fields", [_field(view) for view in fields])
    text += _block(
        "Read, but not passed on",
        [
            f"{x.found.service}, {x.found.operation}: {x.found.field} ({x.category.title})"
            for x in over_fetch_views(audit)
        ],
    )
    text += _block(
        "Personal data in telemetry", [f"{x.service}: {x.attribute} ({x.category})" for x in sorted(audit.leaks)]
    )
    gaps = sorted(audit.gaps, key=lambda gap: (-gap.share, -gap.count, gap))
    text += _block("Not seen", [f"{gap_title(x.kind)}, {x.where}: {x.count:,} ({share(x.share)})" for x in gaps])
    text += ["", "Next:", *(f"  {number}. {step}" for number, step in enumerate(told.next_steps, 1))]
    return [visible(line) for line in text]


def _counts(audit: Audit, fields: tuple[FieldView, ...]) -> list[str]:
    by_state = {state: sum(exposure.state == state for exposure in audit.exposures) for state in STATES}
    by_evidence: dict[str, int] = {level: sum(flow.evidence == level for flow in audit.flows) for level in EVIDENCE}
    parties = (count(len(audit.stores), "store"), count(len(audit.outsiders), "outside party", "outside parties"))
    rows = (
        ("services", len(audit.services), ", ".join(parties)),
        ("sensitive fields", len(fields), f"of {count(len(audit.fields), 'field')} known"),
        ("flows", len(audit.flows), _split(by_evidence)),
        ("exposures", len(audit.exposures), _split({STATE_WORDS[state]: n for state, n in by_state.items()})),
        ("telemetry leaks", len(audit.leaks), ""),
        ("gaps", len(audit.gaps), ""),
    )
    return [f"{number:>8,} {what}{f' ({note})' if note else ''}" for what, number, note in rows]


def _split(parts: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {word}" for word, number in parts.items() if number)


def _block(title: str, rows: list[str]) -> list[str]:
    if not rows:
        return []
    more = [f"  … and {len(rows) - SHOWN:,} more in the report"] if len(rows) > SHOWN else []
    return ["", f"{title}:", *(f"  {row}" for row in rows[:SHOWN]), *more]


def _exposure(view: ExposureView) -> str:
    exposure = view.exposure
    words = f"{STATE_WORDS[exposure.state]}, {exposure.sensitivity}, {exposure.evidence}"
    return f"{view.category.title} → {exposure.sink.name} ({KIND_WORDS[exposure.sink.kind]}): {words} [{exposure.id}]"


def _field(view: FieldView) -> str:
    touched = ", ".join(touch.service for touch in view.touches)
    return (
        f"{view.field.id}: {view.findings[0].category.title}, {f'touched by {touched}' if touched else 'not touched'}"
    )
