"""Where flows lead: the best path to each party that a field or category gets to.

A plain breadth-first search, since what may follow a flow depends on the field that it carries. A path keeps its
category, and its field where that is known. Once out of its store, a value may go on under the name of the field that
it is going to: such a join is possible, whatever the evidence of its parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from lineage.audit import Flow, Path
from lineage.model import EVIDENCE, EvidenceLevel, Party

RANK = {level: rank for rank, level in enumerate(EVIDENCE)}  # 0 is the strongest


def rank(path: Path) -> tuple[int, int, tuple[str, ...]]:
    """The order of paths: strongest evidence first, then the shortest."""
    return RANK[path.evidence], len(path.flows), path.flows


def strongest_first(flows: Iterable[Flow]) -> list[Flow]:
    """Flows in an order that does not depend on the one given."""
    return sorted(flows, key=lambda flow: (RANK[flow.evidence], flow.id))


def items(flows: Iterable[Flow], wanted: Callable[[Flow], bool] | None = None) -> Iterator[tuple[str, list[Flow]]]:
    """(category, flows) of everything that travels by itself: one field of one category, the strongest first.

    Flows that do not know their field may be of any: they come with each field of their category, and by themselves
    where everything is taken. `wanted` tells of flows that know their field whether to take them.
    """
    known: dict[tuple[str, str], list[Flow]] = defaultdict(list)
    unknown: dict[str, list[Flow]] = defaultdict(list)
    for flow in strongest_first(flows):
        if flow.field is None:
            unknown[flow.category].append(flow)
        elif wanted is None or wanted(flow):
            known[flow.category, flow.field].append(flow)
    for (category, _), group in sorted(known.items()):
        yield category, strongest_first([*group, *unknown[category]])
    if wanted is None:
        yield from sorted(unknown.items())


def destinations(flows: Sequence[Flow]) -> dict[Party, Path]:
    """The best path to every sink of `flows`, which are of one item and come strongest first.

    A path begins in a store, or where nothing of the item comes in. It has the strongest weakest link, and among
    those the fewest flows.
    """
    onward = _onward(flows)
    sinks = {flow.sink for flow in flows}
    found = _best([party for party in onward if party.kind == "store" or party not in sinks], onward)
    for flow in flows:  # what only goes round in a circle begins nowhere
        found.setdefault(flow.sink, Path((flow.source, flow.sink), (flow.id,), flow.evidence))
    return found


def out_of_stores(flows: Sequence[Flow]) -> dict[Party, Path]:
    """As `destinations`, for paths that begin in a store alone."""
    onward = _onward(flows)
    return _best([party for party in onward if party.kind == "store"], onward)


def _onward(flows: Iterable[Flow]) -> dict[Party, list[Flow]]:
    onward: dict[Party, list[Flow]] = defaultdict(list)
    for flow in flows:
        onward[flow.source].append(flow)
    return onward


def _best(starts: Iterable[Party], onward: Mapping[Party, list[Flow]]) -> dict[Party, Path]:
    """By party, the path of the strongest evidence, and among those the shortest; one out of a store before others."""
    first = sorted(starts, key=lambda party: (party.kind != "store", party))
    found: dict[Party, Path] = {}
    for level in EVIDENCE:
        for sink, path in _search(first, onward, level):
            found.setdefault(sink, path)
    return found


def further(found: Mapping[Party, Path], flows: Iterable[Flow]) -> dict[Party, Path]:
    """The shortest paths on from the parties that were `found`, along flows of the same category that may name another
    field, to parties that were not. None leads out of a store: what lies there is another field's."""
    onward = _onward(flow for flow in strongest_first(flows) if flow.source.kind != "store")
    result = {}
    for sink, path in _search(sorted(found), onward, "possible"):
        if sink not in found:
            start = found[path.parties[0]]
            result[sink] = Path(start.parties + path.parties[1:], start.flows + path.flows, "possible")
    return result


def _search(
    starts: Sequence[Party], onward: Mapping[Party, list[Flow]], level: EvidenceLevel
) -> Iterator[tuple[Party, Path]]:
    """The shortest path to each party along flows of at least this evidence."""
    came: dict[Party, Flow | None] = dict.fromkeys(starts)
    first: dict[Party, Flow] = {}  # the first flow into a party; a store that is a start may be written to as well
    edge: list[Party] = list(starts)
    while edge:
        following = []
        for party in edge:
            for flow in onward.get(party, ()):
                if RANK[flow.evidence] > RANK[level] or flow.sink in first:
                    continue
                first[flow.sink] = flow
                if flow.sink not in came:
                    came[flow.sink] = flow
                    following.append(flow.sink)
        edge = following
    for sink, flow in first.items():
        yield sink, _path(flow, came)


def _path(last: Flow, came: Mapping[Party, Flow | None]) -> Path:
    chain = [last]
    while (before := came[chain[-1].source]) is not None:
        chain.append(before)
    chain.reverse()
    weakest: EvidenceLevel = max((flow.evidence for flow in chain), key=lambda level: RANK[level])
    return Path((chain[0].source, *(flow.sink for flow in chain)), tuple(flow.id for flow in chain), weakest)
