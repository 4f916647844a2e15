"""What is within reach of whoever breaks into a service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from classifiers.taxonomy import sensitivity
from lineage.audit import Audit, Flow
from lineage.index import index_of
from lineage.model import Party
from lineage.wanted import find_service, row_of

# How it is within reach, the surest first. A store lets in whoever has the service's password for it, so the rest of a
# table that the service uses, and of its store, is one statement away. What flows that are only possible bring comes
# last.
How = Literal["reads", "is handed", "passes on", "same table", "same store", "may be handed"]
HOW: Final[tuple[How, ...]] = get_args(How)


@dataclass(frozen=True, slots=True)
class Reach:
    """A category, and its field when known, within reach. `where` are the stores and parties that it comes from."""

    category: str
    field: str | None
    sensitivity: str
    how: How
    where: tuple[Party, ...]


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """Everything within reach of a service, the surest first; `stores` are those that it uses."""

    service: str
    stores: tuple[str, ...]
    reach: tuple[Reach, ...]


def blast_radius(audit: Audit, service: str) -> BlastRadius:
    """The answer for a service. Raises UnknownName."""
    name = find_service(audit, service)
    me = Party("service", name)
    best: dict[tuple[str, str], tuple[int, set[Party]]] = {}

    def add(category: str, field: str | None, how: How, where: Party) -> None:
        rank, parties = best.get((category, field or ""), (len(HOW), set()))
        if HOW.index(how) < rank:
            rank, parties = HOW.index(how), set()
        if HOW.index(how) == rank:
            parties.add(where)
        best[category, field or ""] = rank, parties

    index = index_of(audit)
    came, went = index.flows_by_sink.get(me, ()), index.flows_by_source.get(me, ())
    for flow in came:
        add(flow.category, flow.field, _came(flow), flow.source)
    for flow in went:
        add(flow.category, flow.field, "may be handed" if flow.evidence == "possible" else "passes on", flow.sink)
    tables = {access.field.rpartition(".")[0] for access in index.accesses_by_service.get(name, ())}
    stores = {table.rpartition("/")[0] for table in tables}
    stores |= {p.name for flow in (*came, *went) for p in (flow.source, flow.sink) if p.kind == "store"}
    for store in stores:
        for field in index.labelled_by_store.get(store, ()):
            table = field.rpartition(".")[0]
            if field == row_of(field) and table in index.tables:
                continue  # its columns are told one by one
            for category in index.categories[field]:
                add(category, field, "same table" if table in tables else "same store", Party("store", store))
    found = [
        Reach(category, field or None, sensitivity(category), HOW[rank], tuple(sorted(parties)))
        for (category, field), (rank, parties) in best.items()
    ]
    ordered = sorted(found, key=lambda r: (HOW.index(r.how), r.category, r.field or ""))
    return BlastRadius(name, tuple(sorted(stores)), tuple(ordered))


def _came(flow: Flow) -> How:
    if flow.evidence == "possible":
        return "may be handed"
    return "reads" if flow.direction == "read" else "is handed"
