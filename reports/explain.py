"""An exposure's story in plain lines: which category reaches whom, by which path, with what evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lineage.audit import Audit, Exposure, Flow, Path
from lineage.model import EVIDENCE, Leak, Party
from reports.introduced import acting, introduced
from reports.load_words import counted
from reports.remedies import remedies
from reports.text import count, visible

MOST_FLOWS = 8
MOST_READS = 12
_SHAPE = 600  # characters of a statement's shape that are shown


def headline(exposure: Exposure) -> str:
    """One line: `NEW user.contact.email reaches outsider pay.example [possible] e1-...`."""
    return visible(
        f"{exposure.state.upper()} {exposure.category} reaches {party(exposure.sink)} "
        f"[{exposure.evidence}, {exposure.sensitivity}] {exposure.id}"
    )


def story(audit: Audit, exposure: Exposure) -> Iterator[str]:
    """The exposure with its best path, its flows and their reasons: what the gate prints."""
    flows = {flow.id: flow for flow in audit.flows}
    yield headline(exposure)
    yield from _best_path(exposure, flows)
    yield from _evidence(_strongest([flows[id_] for id_ in exposure.flows if id_ in flows]))


def full_story(audit: Audit, exposure: Exposure) -> Iterator[str]:
    """The same, and since when, which statements read or write it on the way, the hops before, and what to do."""
    flows = {flow.id: flow for flow in audit.flows}
    own = [flows[id_] for id_ in exposure.flows if id_ in flows]
    path = exposure.paths[0].flows if exposure.paths else ()
    before = [flows[id_] for id_ in path if id_ in flows and id_ not in exposure.flows]
    yield headline(exposure)
    yield from _best_path(exposure, flows)
    yield from (f"  {line}" for line in introduced(own, {service.name: service for service in audit.services}))
    yield from _titled("Read and written by", _statements(audit, [*before, *own]))
    yield from _titled("On the way there", _evidence(before))
    yield from _titled("Reaches it by", _evidence(_strongest(own)))
    yield from _titled("By the rules", _rules(audit, exposure.rules))
    yield from _titled("What to do", (f"  - {line}" for line in remedies(audit, exposure, [*before, *own])))


def leak_story(audit: Audit, leak: Leak) -> Iterator[str]:
    """Personal data inside telemetry: where, how often, by which rules, and how to stop it."""
    where = f"in {visible(leak.attribute)} of service {visible(leak.service)}"
    yield visible(f"{leak.state.upper()} {leak.category} inside telemetry, {where} {leak.id}")
    yield f"  {count(leak.spans, 'span')}; every reader of traces can see it, and the auditor kept no value"
    yield from _titled("By the rules", _rules(audit, leak.rules))
    yield "What to do:"
    yield "  - stop recording it at its source: the instrumentation's own setting, or a masked route or statement"
    yield "  - until then delete it on its way: auditor report --format collector writes the collector's configuration"
    if leak.state in ("new", "violation"):
        yield f"  - if it cannot be mended today: auditor waive {visible(leak.id)}, with a reason, an owner and an end"


def party(party: Party) -> str:
    """`service portal`, `outsider pay.example`."""
    return f"{party.kind} {visible(party.name)}"


def path_line(path: Path, flows: dict[str, Flow]) -> str:
    """`store db --read--> service portal [observed]`."""
    text = party(path.parties[0])
    for id_, next_party in zip(path.flows, path.parties[1:], strict=True):
        flow = flows.get(id_)
        text += f" --{flow.direction if flow else '?'}--> {party(next_party)}"
    return f"{text} [{path.evidence}]"


def statement_ids(flow: Flow) -> tuple[str, ...]:
    """The ids of the statements that a flow goes through; words of operations when it goes through an exchange."""
    return tuple(word for word in re.split(r"[\s,;]+", flow.via) if word)


def _best_path(exposure: Exposure, flows: dict[str, Flow]) -> Iterator[str]:
    for path in exposure.paths[:1]:
        yield f"  path: {path_line(path, flows)}"


def _strongest(flows: Sequence[Flow]) -> list[Flow]:
    """The strongest evidence first."""
    return sorted(flows, key=lambda flow: (EVIDENCE.index(flow.evidence), flow.id))


def _evidence(flows: Sequence[Flow]) -> Iterator[str]:
    for flow in flows[:MOST_FLOWS]:
        what = visible(flow.field) if flow.field else "field unknown"
        yield (
            f"  {flow.evidence} {flow.direction} {party(flow.source)} -> {party(flow.sink)}: {what}, "
            f"{counted(flow.calls, flow.sampled, 'call')} via {visible(flow.via, 200)}"
        )
        for why in flow.why[:2]:
            yield f"    because {visible(why, 300)}"
        if flow.traces:
            yield f"    for example trace {', '.join(visible(trace) for trace in flow.traces)}"
    if len(flows) > MOST_FLOWS:
        yield f"  and {count(len(flows) - MOST_FLOWS, 'more flow')} (in audit.json)"


def _statements(audit: Audit, flows: Sequence[Flow]) -> Iterator[str]:
    """Which operation touches which column in which role, and the shapes of the statements that do it."""
    shapes = {statement.id: statement.shape for statement in audit.statements}
    places = {field.id: field.place for field in audit.fields}
    wanted = {
        (acting(flow).name, flow.field, id_)
        for flow in flows
        if flow.direction in ("read", "write")
        for id_ in statement_ids(flow)
    }
    found = [
        (access, [id_ for id_ in access.statements if (access.service, access.field, id_) in wanted])
        for access in audit.accesses
    ]
    touching = sorted(
        ((access, ids) for access, ids in found if ids), key=lambda f: (f[0].service, f[0].operation, f[0].field)
    )
    for access, ids in touching[:MOST_READS]:
        guess = "" if access.certain else " (the table is inferred)"
        place = places.get(access.field)
        declared = f", declared at {visible(place.file, 200)}:{place.line}" if place and place.line else ""
        yield (
            f"  {visible(access.service, 200)} in '{visible(access.operation, 200)}': {visible(access.field, 200)} "
            f"{', '.join(access.roles)}, {count(access.calls, 'call')}{guess}{declared}"
        )
        for id_ in ids[:3]:
            if id_ in shapes:
                yield f"    {visible(id_, 60)}: {visible(' '.join(shapes[id_].split()), _SHAPE)}"
    if len(touching) > MOST_READS:
        yield f"  and {count(len(touching) - MOST_READS, 'more access', 'more accesses')} (in audit.json)"


def _rules(audit: Audit, ids: Sequence[str]) -> Iterator[str]:
    for rule in audit.rules:
        if rule.id in ids:
            law = f" ({visible(rule.law, 200)})" if rule.law else ""
            yield f"  {visible(rule.id, 200)}, {rule.severity}: {visible(rule.text, 500)}{law}"


def _titled(title: str, lines: Iterator[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number == 0:
            yield f"{title}:"
        yield line
