"""One section a service: what it holds, whom it calls, who calls it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from lineage.audit import Audit, AuditService
from lineage.explorer import ServiceLoad, services
from lineage.model import EvidenceLevel, Party
from reports.calls_view import Neighbourhood, neighbourhoods
from reports.documents.cells import Cell, seen
from reports.documents.holdings import Holdings


@dataclass(frozen=True, slots=True)
class ServiceSection:
    """A service. `holds` are categories by evidence; `sends` are the outside parties it sends personal data to."""

    service: AuditService
    load: ServiceLoad
    holds: Cell
    sends: Cell
    around: Neighbourhood


def service_sections(audit: Audit, held: Holdings) -> tuple[ServiceSection, ...]:
    """All services by name."""
    around, loads = neighbourhoods(audit), {load.name: load for load in services(audit)}
    sends: dict[Party, list[tuple[str, EvidenceLevel]]] = defaultdict(list)
    for flow in audit.flows:
        if flow.sink.kind == "outsider":
            sends[flow.source].append((flow.sink.name, flow.evidence))
    sections = []
    for service in sorted(audit.services, key=lambda service: service.name):
        me = Party("service", service.name)
        holds = seen((one.category.title, one.evidence) for one in held.get(me, ()))
        sections.append(ServiceSection(service, loads[service.name], holds, seen(sends[me]), around[service.name]))
    return tuple(sections)
