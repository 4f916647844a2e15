"""A party outside or a channel: what it gets, and from whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lineage.audit import Channel, Outsider
from lineage.explorer import Edge, edge
from lineage.model import Party
from reports.flow_view import ExposureView
from reports.limits import first
from reports.site.links import to_explorer
from reports.site.site import UNDECIDED, Site

ROWS = 60


@dataclass(frozen=True, slots=True)
class OutsiderRow:
    """An outside party in figures."""

    outsider: Outsider
    exposures: int
    undecided: int
    calls: int


@dataclass(frozen=True, slots=True)
class PartyPage:
    """`about` is what is known of it, None where only flows name it. `givers` send it personal data, by how many
    flows."""

    party: Party
    about: Outsider | Channel | None
    exposures: tuple[ExposureView, ...]
    givers: tuple[tuple[Party, int], ...]
    calls: tuple[Edge, ...]
    calls_left: int
    around: str


def outsider_rows(site: Site) -> list[OutsiderRow]:
    """Those that get the most categories first."""
    rows = []
    for outsider in site.audit.outsiders:
        reaching = site.index.exposures_by_sink.get(Party("outsider", outsider.name), ())
        undecided = sum(one.state in UNDECIDED for one in reaching)
        calls = sum(call.calls for call in site.calls_by_callee.get(outsider.name, ()))
        rows.append(OutsiderRow(outsider, len(reaching), undecided, calls))
    return sorted(rows, key=lambda row: (-row.undecided, -row.exposures, row.outsider.name))


def party_page(site: Site, party: Party) -> PartyPage:
    """The page of one outside party or channel."""
    known: Sequence[Outsider | Channel] = site.audit.outsiders if party.kind == "outsider" else site.audit.channels
    givers = Counter(flow.source for flow in site.index.flows_by_sink.get(party, ()))
    calls, left = first([edge(call) for call in site.calls_by_callee.get(party.name, ())], ROWS)
    return PartyPage(
        party,
        next((one for one in known if one.name == party.name), None),
        site.exposures_at([party]),
        tuple(sorted(givers.items(), key=lambda giver: (-giver[1], giver[0]))),
        calls,
        left,
        to_explorer(party),
    )
