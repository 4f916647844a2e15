"""Paths: flows of one category joined end to end. The only import of networkx."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from heapq import heappop, heappush
from itertools import count, islice, pairwise

import networkx as nx

from lineage.audit import Flow, Path
from lineage.model import EVIDENCE, EvidenceLevel, Party

WEIGHT = {"observed": 1, "declared": 2, "possible": 5}  # a path prefers what was seen
LONGEST = 8  # flows in one path: longer ones explain nothing
_HEAVIEST = LONGEST * max(WEIGHT.values())
MOST_STEPS = 20_000  # of one search for paths


def paths(flows: Sequence[Flow], source: str, target: str, limit: int = 100) -> tuple[Path, ...]:
    """Paths from `source` to `target`, each a field id (`store/table.column`) or a party's name.

    A path never changes its category; the strongest and shortest come first; at most `limit`.
    """
    found: set[Path] = set()
    for same_category in by_category(flows).values():
        fields = {flow.field for flow in same_category} & {source, target}
        usable = [f for f in same_category if not fields or f.field in fields or f.source.kind != "store"]
        starts, ends = _parties(usable, source, "source"), _parties(usable, target, "sink")
        if starts and ends:
            graph = _graph(usable)
            for end in ends:
                found.update(_path(graph, nodes) for nodes in islice(_simple_paths(graph, starts, end), limit))
    return tuple(sorted(found, key=_rank)[:limit])


def paths_to(flows: Sequence[Flow], target: str, limit: int = 20) -> tuple[Path, ...]:
    """Different paths by which `flows`, all of one category, get to the party of this name: the best first, at most
    `limit`. They begin in stores, or where none of these flows comes in, and never change their category; one on which
    the field changes is possible, no more."""
    sinks = {flow.sink for flow in flows}
    ends = sorted(sink for sink in sinks if sink.name == target)
    if not ends:
        return ()
    graph = _graph(flows)
    starts = sorted({f.source for f in flows if f.source.kind == "store" or f.source not in sinks})
    found: set[Path] = set()
    for end in ends:
        routes = _simple_paths(graph, starts, end)
        found.update(_mixed(graph, _path(graph, nodes)) for nodes in islice(routes, limit))
    direct = {Path((f.source, f.sink), (f.id,), f.evidence) for f in flows if f.sink in ends}
    return tuple(sorted(found or direct, key=_rank)[:limit])


def best_paths(flows: Sequence[Flow], limit: int = 5) -> dict[Party, tuple[Path, ...]]:
    """The best paths by which the category of `flows` (all of one category) reaches each of their sinks.

    A path starts in a store that is read, and has at most LONGEST flows; where none leads to a sink, it starts at the
    party next to it.
    """
    graph = _graph(flows)
    found: dict[Party, list[Path]] = defaultdict(list)
    for store in sorted({flow.source for flow in flows if flow.source.kind == "store"}):
        for sink, nodes in nx.single_source_dijkstra_path(graph, store, _HEAVIEST, weight="weight").items():
            if 1 < len(nodes) <= LONGEST + 1:
                found[sink].append(_path(graph, nodes))
    for flow in flows:
        if not any(path.parties[0].kind == "store" for path in found[flow.sink]):
            found[flow.sink].append(Path((flow.source, flow.sink), (flow.id,), flow.evidence))
    return {sink: tuple(sorted(set(paths), key=_rank)[:limit]) for sink, paths in found.items()}


def by_category(flows: Iterable[Flow]) -> dict[str, list[Flow]]:
    """Flows of each category, in the order given."""
    groups: dict[str, list[Flow]] = defaultdict(list)
    for flow in flows:
        groups[flow.category].append(flow)
    return groups


def _parties(flows: Sequence[Flow], name: str, end: str) -> list[Party]:
    named = {p for f in flows for p in (f.source, f.sink) if p.name == name}
    of_field = {getattr(f, end) for f in flows if f.field == name}
    if end == "source":  # a field lies in its store: start there where it was read
        of_field = {p for p in of_field if p.kind == "store"} or of_field
    return sorted(named | of_field)


def _graph(flows: Sequence[Flow]) -> nx.DiGraph[Party]:
    graph: nx.DiGraph[Party] = nx.DiGraph()
    for flow in sorted(flows, key=lambda f: (EVIDENCE.index(f.evidence), f.id)):
        if not graph.has_edge(flow.source, flow.sink):
            graph.add_edge(flow.source, flow.sink, weight=WEIGHT[flow.evidence], flow=flow)
    return graph


def _simple_paths(graph: nx.DiGraph[Party], starts: Iterable[Party], end: Party) -> Iterator[tuple[Party, ...]]:
    """Paths without a party twice, of at most LONGEST flows, from any of the starts: the least weight first.

    Best-first by the weight so far and the least that is left: what cannot get there in time is never tried. Bounded by
    MOST_STEPS, since the number of paths is not.
    """
    left = _least_left(graph, end)
    heap: list[tuple[int, int, tuple[Party, ...], int]] = []
    ticket = count()  # equal weights in the order they were found, which is that of the sorted flows
    for start in starts:
        if start in left[LONGEST] and start != end:
            heappush(heap, (left[LONGEST][start], next(ticket), (start,), 0))
    for _ in range(MOST_STEPS):
        if not heap:
            return
        _, _, nodes, weight = heappop(heap)
        if nodes[-1] == end:
            yield nodes
            continue
        still = left[LONGEST - len(nodes)]  # what may be left after the next flow
        for following, edge in graph.adj[nodes[-1]].items():
            if following in still and following not in nodes:
                so_far = weight + edge["weight"]
                heappush(heap, (so_far + still[following], next(ticket), (*nodes, following), so_far))


def _least_left(graph: nx.DiGraph[Party], end: Party) -> list[dict[Party, int]]:
    """By the number of flows that are allowed: the least weight from each party to `end`, where it can be reached."""
    layers: list[dict[Party, int]] = [{end: 0}]
    for _ in range(LONGEST):
        before = layers[-1]
        now = dict(before)
        for party, least in before.items():
            for source, edge in graph.pred[party].items():
                if source not in now or edge["weight"] + least < now[source]:
                    now[source] = edge["weight"] + least
        layers.append(now)
    return layers


def _path(graph: nx.DiGraph[Party], nodes: Sequence[Party]) -> Path:
    flows: list[Flow] = [graph.edges[a, b]["flow"] for a, b in pairwise(nodes)]
    weakest: EvidenceLevel = max((f.evidence for f in flows), key=EVIDENCE.index)
    return Path(tuple(nodes), tuple(f.id for f in flows), weakest)


def _mixed(graph: nx.DiGraph[Party], path: Path) -> Path:
    """A path on which the field changes its name is joined by guess: possible, whatever the evidence of its parts."""
    fields = {graph.edges[a, b]["flow"].field for a, b in pairwise(path.parties)} - {None}
    return replace(path, evidence="possible") if len(fields) > 1 else path


def _rank(path: Path) -> tuple[int, int, tuple[str, ...]]:
    return EVIDENCE.index(path.evidence), len(path.flows), path.flows
