"""Audit -> Markdown for a pull request: the verdict, what is to be decided, and where it stands.

Names from outside stand in code spans, the one place where Markdown, HTML, mentions, references and links are all dead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lineage.audit import Audit, Flow
from reports.explain import path_line
from reports.load_words import counted
from reports.notices import Notice, notices
from reports.repository import Repository
from reports.text import count, visible
from reports.verdict import verdict
from reports.view import coverage

MARKER = "<!-- privacy-auditor -->"  # the first line: by it the comment is found again and replaced
LARGEST_COMMENT = 60_000  # bytes; GitHub takes 65,536 characters
LONGEST_NAME = 300
OPEN = "\n<details><summary>Paths and evidence</summary>\n\n"
CLOSE = "\n</details>\n"
_STATES = {"error": "not approved", "warning": "to look at", "note": "waived or to know"}
_PLAIN = re.compile(r"(?=.*[A-Za-z])[A-Za-z ,()'’/;-]+")
_DEAD = str.maketrans({"`": "\\u0060", "|": "\\u007c"})  # they would end the code span, or the cell of a table


def comment(audit: Audit, repository: Repository) -> str:
    """The comment of a pull request. Its first line is `MARKER`."""
    return f"{MARKER}\n{document(audit, repository, LARGEST_COMMENT - len(MARKER) - 1)}"


def document(audit: Audit, repository: Repository, largest: int) -> str:
    """The same without the marker, at most `largest` bytes: what does not fit is counted."""
    told = notices(audit, repository)
    flows = {flow.id: flow for flow in audit.flows}
    rest = [notice for notice in told if notice.level != "pass"]
    kept, size = list[str](), 0
    parts = [*_head(audit, told), *map(_row, rest), *_details(rest, flows), *_foot(audit)]
    for number, part in enumerate(parts):
        size += len(part.encode())
        if size > largest - 200:  # room for what closes it
            closing = CLOSE if OPEN in kept and CLOSE not in kept else ""
            return "".join([*kept, closing, f"\n{count(len(parts) - number, 'more line')}: see the whole report.\n"])
        kept.append(part)
    return "".join(kept)


def code(name: str) -> str:
    """A name from outside as a code span: nothing in it acts, and it cannot end the span or a cell."""
    return f"`{visible(name, LONGEST_NAME).translate(_DEAD)}`" if name.strip() else "`(no name)`"


def phrase(text: str) -> str:
    """Words of ours or of a taxonomy as they are when nothing in them can act, else as a code span."""
    return text if _PLAIN.fullmatch(text) else code(text)


def _head(audit: Audit, told: tuple[Notice, ...]) -> Iterator[str]:
    said = verdict(audit)
    title = {"pass": "passed", "not_approved": "not approved", "inconclusive": "inconclusive"}[said.state]
    yield f"### Privacy audit: {title}\n\n**{said.headline}**\n\n"
    for reason in said.reasons:
        yield f"- {code(reason)}\n"
    approved = sum(notice.level == "pass" for notice in told)
    unseen = f", {len(audit.not_seen):,} approved and not seen this time" if audit.not_seen else ""
    yield f"\n{count(approved, 'exposure')} approved{unseen}.\n"
    if len(told) > approved:
        yield "\n| | what | evidence | where | id |\n|---|---|---|---|---|\n"


def _row(notice: Notice) -> str:
    exposure = notice.exposure
    evidence = f"{exposure.evidence}, {phrase(exposure.sensitivity)}" if exposure else ""
    state = _STATES[notice.level] if exposure is None or exposure.state != "violation" else "against policy"
    if exposure is not None:
        what = f"{code(exposure.category)} reaches {exposure.sink.kind} {code(exposure.sink.name)}"
    else:
        what = code(notice.text)
    where = code(f"{notice.spot.path}:{notice.spot.line}")
    return f"| {state} | {what} | {evidence} | {where} | {code(notice.id)} |\n"


def _details(told: list[Notice], flows: dict[str, Flow]) -> Iterator[str]:
    """How it gets there: the path and the first reason of each exposure that waits for a decision."""
    waiting = [notice for notice in told if notice.level == "error" and notice.exposure]
    if not waiting:
        return
    yield OPEN
    for notice in waiting:
        exposure = notice.exposure
        assert exposure is not None
        yield f"- {code(notice.id)}, rule {code(notice.rule.id)}\n"
        for path in exposure.paths[:1]:
            yield f"  - path: {code(path_line(path, flows))}\n"
        for flow in notice.flows[:2]:
            seen = f", first seen {code(flow.first_seen)}" if flow.first_seen else ""
            calls = counted(flow.calls, flow.sampled, "call")
            yield f"  - {flow.evidence} {flow.direction}, {calls} via {code(flow.via)}{seen}\n"
            for why in flow.why[:1]:
                yield f"    - because {code(why)}\n"
    yield CLOSE


def _foot(audit: Audit) -> Iterator[str]:
    yield "\n"
    for note in audit.verdict.notes:
        yield f"- {code(note)}\n"
    for line in coverage(audit):
        yield f"- looked at: {code(line)}\n"
    yield "\nTo read on: `auditor explain ID`. To approve after review: `auditor approve ID`, then commit the lock.\n"
