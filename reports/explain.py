"""An exposure's story in plain lines: which category reaches whom, by which path, with what evidence."""

from __future__ import annotations

from collections.abc import Iterator

from lineage.model import Audit, Exposure, Flow, Party, Path
from reports.text import count, visible

MOST_FLOWS = 8


def headline(exposure: Exposure) -> str:
    """One line: `NEW user.contact.email reaches outsider pay.example [possible] e1-...`."""
    return (
        f"{exposure.state.upper()} {exposure.category} reaches {party(exposure.sink)} "
        f"[{exposure.evidence}, {exposure.sensitivity}] {exposure.id}"
    )


def story(audit: Audit, exposure: Exposure) -> Iterator[str]:
    """The exposure with its best path, its flows and their reasons, and what to do."""
    flows = {flow.id: flow for flow in audit.flows}
    yield headline(exposure)
    for path in exposure.paths[:1]:
        yield f"  path: {path_line(path, flows)}"
    carrying = sorted((flows[id_] for id_ in exposure.flows if id_ in flows), key=lambda f: (f.evidence, f.id))
    for flow in carrying[:MOST_FLOWS]:
        what = visible(flow.field) if flow.field else "field unknown"
        yield (
            f"  {flow.evidence} {flow.direction} {party(flow.source)} -> {party(flow.sink)}: {what}, "
            f"{count(flow.calls, 'call')} via {visible(flow.via, 200)}"
        )
        for why in flow.why[:2]:
            yield f"    because {visible(why, 300)}"
        if flow.traces:
            yield f"    for example trace {', '.join(visible(trace) for trace in flow.traces)}"
    if len(carrying) > MOST_FLOWS:
        yield f"  and {count(len(carrying) - MOST_FLOWS, 'more flow')} (in audit.json)"


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
