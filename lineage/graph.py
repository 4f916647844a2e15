"""Paths: flows of one category joined end to end. The only import of networkx."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise

import networkx as nx

from lineage.model import EVIDENCE, EvidenceLevel, Flow, Party, Path

WEIGHT = {"observed": 1, "declared": 2, "possible": 5}  # a path prefers what was seen
LONGEST = 8  # flows in one path: longer ones explain nothing


def paths(flows: Sequence[Flow], source: str, target: str, limit: int = 100) -> tuple[Path, ...]:
    """Paths from `source` to `target`, each a field id (`store/table.column`) or a party's name.

    A path never changes its category; the strongest and shortest come first; at most `limit`.
    """
    found: set[Path] = set()
    for same_category in by_category(flows).values():
        fields = {flow.field for flow in same_category} & {source, target}
        usable = [f for f in same_category if not fields or f.field in fields or f.source.kind != "store"]
        graph = _graph(usable)
        for start in _parties(usable, source, "source"):
            for end in _parties(usable, target, "sink"):
                if start != end and nx.has_path(graph, start, end):
                    routes = nx.shortest_simple_paths(graph, start, end, weight="weight")
                    found.update(_path(graph, nodes) for nodes in islice(routes, limit))
    return tuple(sorted((path for path in found if len(path.flows) <= LONGEST), key=_rank)[:limit])


def best_paths(flows: Sequence[Flow], limit: int = 5) -> dict[Party, tuple[Path, ...]]:
    """The best paths by which the category of `flows` (all of one category) reaches each of their sinks.

    A path starts in a store that is read; where none leads to a sink, at the party next to it.
    """
    graph = _graph(flows)
    found: dict[Party, list[Path]] = defaultdict(list)
    for store in sorted({flow.source for flow in flows if flow.source.kind == "store"}):
        for sink, nodes in nx.single_source_dijkstra_path(graph, store, weight="weight").items():
            if sink != store:
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


def _path(graph: nx.DiGraph[Party], nodes: Sequence[Party]) -> Path:
    flows: list[Flow] = [graph.edges[a, b]["flow"] for a, b in pairwise(nodes)]
    weakest: EvidenceLevel = max((f.evidence for f in flows), key=EVIDENCE.index)
    return Path(tuple(nodes), tuple(f.id for f in flows), weakest)


def _rank(path: Path) -> tuple[int, int, tuple[str, ...]]:
    return EVIDENCE.index(path.evidence), len(path.flows), path.flows
