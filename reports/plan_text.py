"""A plan in plain lines: new (+), changed (~), not seen (-), approved since an earlier lock (!)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from lineage.audit import Audit, Exposure, Flow
from lineage.gate.floors import rarity
from lineage.gate.plan import Change, Plan
from lineage.gate.renames import Proposal
from lineage.lock import Approval
from reports.explain import party, path_line
from reports.text import count, visible


def lines(audit: Audit, plan: Plan) -> list[str]:
    """The plan for a terminal; the counts come last."""
    flows = {flow.id: flow for flow in audit.flows}
    text = [line for exposure in plan.new for line in _new(exposure, flows)]
    for leak in plan.new_leaks:
        text.append(f"+ {leak.category} in telemetry of {leak.service}: {leak.attribute}{_state(leak.state)} {leak.id}")
    text += [line for change in plan.changed for line in _changed(change)]
    text += [_not_seen(approval) for approval in plan.not_seen]
    text += [_approved(approval) for approval in plan.approved]
    text += [""] if text else []
    for proposal in plan.renames:
        text += [*_rename(proposal), ""]
    text.append(
        f"Plan: {len(plan.new) + len(plan.new_leaks)} new, {len(plan.changed)} changed, {len(plan.not_seen)} not seen, "
        f"{plan.kept} as approved, {len(plan.waived)} waived."
    )
    if plan.approved:
        text.append(f"Approved in this change: {len(plan.approved)}.")
    bound = rarity(plan.traces)
    if plan.not_seen and bound:
        text.append(f"Not seen is not removed: {bound}.")
    return [visible(line, 2000) for line in text]


def as_json(plan: Plan) -> dict[str, Any]:
    """The plan for machines."""
    return {**asdict(plan), "renames": [asdict(p) | {"toml": _toml(p)} for p in plan.renames]}


def _new(exposure: Exposure, flows: dict[str, Flow]) -> Iterator[str]:
    rules = f" ({', '.join(exposure.rules)})" if exposure.rules else ""
    yield (
        f"+ {exposure.category} reaches {party(exposure.sink)} [{exposure.evidence}, {exposure.sensitivity}]"
        f"{_state(exposure.state)}{rules} {exposure.id}"
    )
    for path in exposure.paths[:1]:
        yield f"    {path_line(path, flows)}"


def _state(state: str) -> str:
    return " AGAINST POLICY" if state == "violation" else ""


def _changed(change: Change) -> Iterator[str]:
    exposure = change.exposure
    yield f"~ {exposure.category} reaches {party(exposure.sink)} {exposure.id}"
    if exposure.evidence != change.approval.evidence:
        how = "stronger" if change.stronger else "weaker"
        yield f"    evidence: {change.approval.evidence} -> {exposure.evidence} ({how})"
    if change.fields:
        yield f"    fields that the approval did not know: {', '.join(map(visible, change.fields))}"


def _not_seen(approval: Approval) -> str:
    return f"- {approval.category} reaches {approval.sink_kind} {visible(approval.sink)} {approval.id} (not seen)"


def _approved(approval: Approval) -> str:
    what = f"! {approval.category} reaches {approval.sink_kind} {visible(approval.sink)} {approval.id}"
    return f"{what} (approved by {visible(approval.by)} on {visible(approval.at)}: {visible(approval.reason)})"


def _rename(proposal: Proposal) -> Iterator[str]:
    known = count(proposal.approvals, "approval")
    yield f"Probably a rename ({proposal.likeness:.0%} alike, {known}); if it is one, write into policy.toml:"
    yield from (f"    {line}" for line in _toml(proposal))


def _toml(proposal: Proposal) -> list[str]:
    moved = proposal.moved
    return ["[[moved]]", f'kind = "{moved.kind}"', f"from = {_text(moved.source)}", f"to = {_text(moved.target)}"]


def _text(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)
