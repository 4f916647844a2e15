"""Audit -> SARIF 2.1.0 as GitHub's code scanning takes it: every result at a line of a file, with stable fingerprints.

The format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. What GitHub makes of it, and its limits:
https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import quote

from lineage.audit import Audit, AuditField, Flow
from reports.notices import NAME, Notice, notices, places
from reports.repository import Repository, Spot
from reports.rules import Rule
from reports.text import count, visible

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_RESULTS = 25_000  # GitHub refuses more, and shows the first 5,000: the gravest come first
MOST_HOPS = 1_000  # of one result that GitHub keeps
MOST_PACKED = 9_000_000  # bytes of results when compressed; GitHub refuses 10 MB
# GitHub's scale: above 9.0 critical, from 7.0 high, from 4.0 medium.
_SEVERITY: Final = {"critical": "9.5", "high": "8.0", "moderate": "5.5", "low": "2.0"}
_LEVEL: Final = {"error": "error", "warning": "warning", "note": "note"}
# SARIF reads braces in a message as placeholders and brackets as links.
_BRACKETS = str.maketrans("{}[]", "‹›()")


def sarif(audit: Audit, repository: Repository) -> str:
    """JSON text, ASCII only, one result a line. Approved exposures are no results: GitHub would show them as alerts."""
    fields = {field.id: field for field in audit.fields}
    flows = {flow.id: flow for flow in audit.flows}
    told = [notice for notice in notices(audit, repository) if notice.level in _LEVEL]
    rules = {notice.rule.id: notice.rule for notice in told}
    numbers = {id_: number for number, id_ in enumerate(rules)}
    kept = _fitting(_dump(_result(n, numbers[n.rule.id], flows, fields, repository)) for n in told)
    run = {
        "tool": {"driver": _driver(audit, rules.values())},
        "automationDetails": {
            "id": f"dataflow/{quote(visible(repository.category, NAME), safe='')}/".replace("//", "/")
        },
        "invocations": [_invocation(audit, len(told) - len(kept))],
        "columnKind": "unicodeCodePoints",
    }
    head = _dump(run)[:-1]  # the results follow, a line each
    body = ",\n".join(kept)
    return f'{{"$schema": "{SCHEMA}", "version": "2.1.0", "runs": [\n{head}, "results": [\n{body}\n]}}\n]}}\n'


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False)


def _fitting(results: Iterable[str]) -> list[str]:
    """As many as GitHub takes, counted as they would be compressed."""
    packer, packed = zlib.compressobj(), 0
    kept: list[str] = []
    for text in results:
        packed += len(packer.compress(text.encode()))
        if len(kept) == MOST_RESULTS or packed > MOST_PACKED:
            break
        kept.append(text)
    return kept


def _driver(audit: Audit, rules: Iterable[Rule]) -> dict[str, Any]:
    version = visible(audit.scope.auditor, NAME) or "unknown"
    return {"name": "privacy-auditor", "version": version, "rules": [_rule(rule) for rule in rules]}


def _rule(rule: Rule) -> dict[str, Any]:
    link = {"helpUri": rule.link} if rule.link else {}
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.replace("/", "-").split("-")) or rule.id,
        "shortDescription": {"text": _words(rule.title)},
        "fullDescription": {"text": _words(rule.text)},
        "help": {"text": _words(rule.help)},
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "security-severity": _SEVERITY[rule.severity],
            "tags": ["security", "privacy"],
        },
        **link,
    }


def _invocation(audit: Audit, left_out: int) -> dict[str, Any]:
    verdict = audit.verdict
    notes = [_note("note" if verdict.state == "pass" else "error", reason) for reason in verdict.reasons if reason]
    notes += [_note("note", note) for note in verdict.notes if note]
    if left_out:
        notes.append(_note("warning", f"{count(left_out, 'more result')} left out: GitHub takes no larger file"))
    return {"executionSuccessful": True, "toolExecutionNotifications": notes, "properties": {"verdict": verdict.state}}


def _note(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": _words(text)}}


def _result(
    notice: Notice, number: int, flows: dict[str, Flow], fields: dict[str, AuditField], repository: Repository
) -> dict[str, Any]:
    place = {"physicalLocation": _physical(notice.spot), "logicalLocations": _logical(notice)}
    result = {
        "ruleId": notice.rule.id,
        "ruleIndex": number,
        "level": _LEVEL[notice.level],
        "message": {"text": _words(notice.text)},
        "locations": [place],
        "partialFingerprints": {"primaryLocationLineHash": f"{notice.id}:1", "flowFingerprint/v1": notice.id},
        "baselineState": "unchanged" if notice.waiver else "new",
    }
    hops = _hops(notice, flows, fields, repository)
    if hops:
        result["codeFlows"] = [{"threadFlows": [{"locations": hops}]}]
    if notice.waiver or notice.level == "note":
        result["suppressions"] = [_suppression(notice)]
    return result


def _suppression(notice: Notice) -> dict[str, Any]:
    waiver = notice.waiver
    if waiver is None:
        return {"kind": "external", "status": "accepted"}
    text = f"{waiver.kind.replace('_', ' ')} until {waiver.expires}, by {waiver.owner}: {waiver.reason}"
    return {"kind": "external", "status": "accepted", "justification": _words(text)}


def _hops(
    notice: Notice, flows: dict[str, Flow], fields: dict[str, AuditField], repository: Repository
) -> list[dict[str, Any]]:
    """The best path, hop by hop, each at the line that declares what it carries."""
    if notice.exposure is None:
        return []
    path = notice.exposure.paths[0].flows if notice.exposure.paths else notice.exposure.flows[:1]
    return [
        _hop(flows[id_], repository.spot(places(flows[id_], fields), notice.exposure.id))
        for id_ in path[:MOST_HOPS]
        if id_ in flows
    ]


def _hop(flow: Flow, spot: Spot) -> dict[str, Any]:
    source, sink = (f"{party.kind} {visible(party.name, NAME)}" for party in (flow.source, flow.sink))
    text = f"{source} -> {sink}: {flow.direction}, {flow.evidence}, via {visible(flow.via, NAME)}"
    return {"location": {"physicalLocation": _physical(spot), "message": {"text": _words(text)}}}


def _physical(spot: Spot) -> dict[str, Any]:
    uri = quote(visible(spot.path)).lstrip("/") or "."
    return {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}, "region": {"startLine": spot.line}}


def _logical(notice: Notice) -> list[dict[str, Any]]:
    if notice.exposure is None:
        return [{"fullyQualifiedName": notice.id, "kind": "resource"}]
    sink = notice.exposure.sink
    names = [
        f"{sink.kind} {visible(sink.name, NAME)}",
        *sorted({visible(f.field, NAME) for f in notice.flows if f.field}),
    ]
    return [{"fullyQualifiedName": name, "kind": "resource"} for name in names[:10] if name]


def _words(text: str) -> str:
    return visible(text).translate(_BRACKETS) or "not said"
