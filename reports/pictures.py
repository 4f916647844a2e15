"""The diagrams of a page: the whole system, one for each outside party when it is too large to read, documents'."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from lineage.audit import Audit
from lineage.model import Party
from reports.documents.sectors import card_flows
from reports.drawing import Drawing, Links, draw, within_page
from reports.edges import part
from reports.limits import CARD_LINES, CARD_PARTIES, PICTURE_LINES, PICTURE_PARTIES, PICTURES, first
from reports.text import count
from reports.words import party_rank, sensitivity_rank


@dataclass(frozen=True, slots=True)
class Picture:
    """A smaller diagram with its title and the party that it is about."""

    title: str
    party: Party
    drawing: Drawing


@dataclass(frozen=True, slots=True)
class Pictures:
    """`whole` is the overview; `small` are there when it leaves something out, `note` says which of them are not."""

    whole: Drawing
    small: tuple[Picture, ...]
    note: str
    cards: Drawing | None


def pictures(audit: Audit, pair: Callable[[Party, Party], str]) -> Pictures:
    """Draw all diagrams; their lines lead to the elements that `pair` names."""
    links = within_page(pair)
    whole = draw(audit, links=links)
    cards = card_flows(audit)
    small, note = _by_recipient(audit, links) if whole.omitted else ((), "")
    return Pictures(whole, small, note, draw(part(audit, cards), CARD_PARTIES, CARD_LINES, links) if cards else None)


def _by_recipient(audit: Audit, links: Links) -> tuple[tuple[Picture, ...], str]:
    """How personal data gets to each outside party, the gravest first: flows on the paths to it."""
    gravity: dict[Party, tuple[int, int]] = {}
    reaching: dict[Party, set[str]] = defaultdict(set)
    for exposure in audit.exposures:
        sink = exposure.sink
        if sink.kind == "outsider":
            rank = (exposure.state not in ("new", "violation"), sensitivity_rank(exposure.sensitivity))
            gravity[sink] = min(rank, gravity.get(sink, rank))
            reaching[sink].update(exposure.flows, *(path.flows for path in exposure.paths))
    for flow in audit.flows:
        if flow.sink.kind == "outsider" and flow.sink not in gravity:
            reaching[flow.sink].add(flow.id)
    wanted = sorted(reaching, key=lambda sink: (gravity.get(sink, (2, 0)), party_rank(sink)))
    shown, left = first(wanted, PICTURES)
    drawn = []
    for sink in shown:
        seen = part(audit, (flow for flow in audit.flows if flow.id in reaching[sink]))
        drawing = draw(seen, PICTURE_PARTIES, PICTURE_LINES, links)
        drawn.append(Picture(f"How personal data gets to {sink.name}", sink, drawing))
    note = (
        f"{count(left, 'more outside party', 'more outside parties')} without a diagram of their own." if left else ""
    )
    return tuple(drawn), note
