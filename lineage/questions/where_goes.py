"""Where a field or category can go, and by which paths: strongest evidence first, then the shortest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from lineage import graph
from lineage.audit import Audit, Flow, Path
from lineage.index import index_of
from lineage.model import Party
from lineage.reach import destinations, further, items, out_of_stores, rank
from lineage.wanted import carrying, find, find_party

MOST_PATHS = 20  # to one party
Chooser = Callable[[Flow], bool]


@dataclass(frozen=True, slots=True)
class Destination:
    """A party that a category gets to, and the best path to it."""

    party: Party
    category: str
    path: Path


@dataclass(frozen=True, slots=True)
class WhereGoes:
    """The best path to each party and category; asked about one party, up to 20 paths of each category to it."""

    wanted: str
    destinations: tuple[Destination, ...]
    to: str | None = None


def where_goes(audit: Audit, wanted: str, to: str | None = None) -> WhereGoes:
    """The answer for a field, a pattern of fields or a category. Raises UnknownName."""
    what = find(audit, wanted)
    party = find_party(audit, to) if to is not None else None
    only = None if what.categories else what.has_flow
    moved = {flow.category for flow in carrying(audit, what)}
    flows = {category: group for category, group in index_of(audit).flows_by_category.items() if category in moved}
    if party is None:
        found = _best(flows, only)
    else:
        found = [
            Destination(path.parties[-1], category, path)
            for category, group in flows.items()
            for path in graph.paths_to(_leaving_with(group, only), party, MOST_PATHS)
        ]
    found.sort(key=lambda one: (*rank(one.path)[:2], one.party, one.category, one.path.flows))
    return WhereGoes(wanted, tuple(found), party)


def _best(flows: Mapping[str, Sequence[Flow]], only: Chooser | None) -> list[Destination]:
    """The best path of each category to each party."""
    best: dict[tuple[str, Party], Path] = {}
    stored: dict[str, dict[Party, Path]] = {category: {} for category in flows}
    for category, item in items(chain.from_iterable(flows.values()), only):
        for sink, path in destinations(item).items():
            if (category, sink) not in best or _order(path) < _order(best[category, sink]):
                best[category, sink] = path
        for sink, path in out_of_stores(item).items():
            if sink not in stored[category] or rank(path) < rank(stored[category][sink]):
                stored[category][sink] = path
    for category, group in flows.items():
        for sink, path in further(stored[category], group).items():
            if (category, sink) not in best or best[category, sink].evidence == "possible":
                best[category, sink] = path
    return [Destination(sink, category, path) for (category, sink), path in best.items()]


def _order(path: Path) -> tuple[int, bool, tuple[int, int, tuple[str, ...]]]:
    """Of equal evidence, a path that begins where the data lies tells more than a shorter one."""
    return rank(path)[0], path.parties[0].kind != "store", rank(path)


def _leaving_with(flows: Iterable[Flow], only: Chooser | None) -> list[Flow]:
    """Flows of one category, of those that leave a store the chosen ones."""
    return [flow for flow in flows if only is None or flow.source.kind != "store" or only(flow)]
