"""What rules look at: an exposure, or a leak in telemetry, with everything that is known of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from classifiers.decisions import usual_facet
from classifiers.taxonomy import groups, sensitivity
from lineage.audit import Audit, Exposure, Flow, Outsider
from lineage.diff import leak_id
from lineage.gate.wild import fits
from lineage.model import Leak

TELEMETRY = "telemetry"  # the sink kind of a leak
UNKNOWN = "unknown"  # the region of an outsider of which nobody said it


@dataclass(frozen=True, slots=True)
class Fact:
    """One flow as rules see it. `field` is `store/table.column` (of a leak: the attribute), `place` its parts, if it
    has some; `operations` are those that ran the statement, or that were called."""

    services: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    field: str = ""
    place: tuple[str, str, str] | None = None
    facets: tuple[str, ...] = ()
    evidence: str = "observed"
    direction: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """An exposure or a leak. `purpose` is what it was approved for, "" when it was not or nobody said."""

    id: str
    category: str
    groups: tuple[str, ...]
    sensitivity: str
    sink_kind: str
    sink: str
    provider: str = ""
    outsider_purpose: str = ""
    region: str = ""
    purpose: str = ""
    facts: tuple[Fact, ...] = (Fact(),)

    @property
    def is_leak(self) -> bool:
        """Whether it is about telemetry itself."""
        return self.sink_kind == TELEMETRY

    @property
    def fields(self) -> tuple[str, ...]:
        """The ids of the fields that reach the sink, sorted."""
        return tuple(sorted({fact.field for fact in self.facts if fact.place is not None}))


Owners = Mapping[str, str]  # pattern of services -> whose they are


def subjects_of(audit: Audit, owners: Owners) -> dict[str, Subject]:
    """Every exposure and every leak of an audit by its id."""
    flows = {flow.id: flow for flow in audit.flows}
    outsiders = {outsider.name: outsider for outsider in audit.outsiders}
    known = _Known.of(audit, owners)
    found = [_exposure(exposure, flows, outsiders, known) for exposure in audit.exposures]
    found += [_leak(leak, known) for leak in audit.leaks]
    return {subject.id: subject for subject in found}


def owners_of(services: Iterable[str], owners: Owners) -> tuple[str, ...]:
    """Who the services belong to, sorted."""
    return tuple(sorted({who for name in services for pattern, who in owners.items() if fits(pattern, name)}))


@dataclass(frozen=True, slots=True)
class _Known:
    """What an audit tells of fields and statements."""

    places: Mapping[str, tuple[str, str, str]]  # by field id
    facets: Mapping[tuple[str, str], tuple[str, ...]]  # by field id and category
    operations: Mapping[str, Sequence[str]]  # by statement id
    owners: Owners

    @classmethod
    def of(cls, audit: Audit, owners: Owners) -> _Known:
        facets: dict[tuple[str, str], list[str]] = defaultdict(list)
        for field in audit.fields:
            for label in field.labels:
                facets[field.id, label.category].append(label.facet)
        operations: dict[str, list[str]] = defaultdict(list)
        for access in audit.accesses:
            for statement in access.statements:
                operations[statement].append(access.operation)
        return cls(
            {field.id: (field.store, field.table, field.column) for field in audit.fields},
            {key: tuple(sorted(set(found))) for key, found in facets.items()},
            {key: tuple(sorted(set(found))) for key, found in operations.items()},
            owners,
        )


def _exposure(e: Exposure, flows: Mapping[str, Flow], outsiders: Mapping[str, Outsider], known: _Known) -> Subject:
    outsider = outsiders.get(e.sink.name) if e.sink.kind == "outsider" else None
    region = ((outsider.region if outsider else None) or UNKNOWN) if e.sink.kind == "outsider" else ""
    return Subject(
        e.id,
        e.category,
        groups(e.category),
        e.sensitivity,
        e.sink.kind,
        e.sink.name,
        (outsider.provider if outsider else None) or "",
        (outsider.purpose if outsider else None) or "",
        region,
        facts=tuple(_fact(flows[id_], known) for id_ in e.flows if id_ in flows) or (Fact(evidence=e.evidence),),
    )


def _fact(flow: Flow, known: _Known) -> Fact:
    services = tuple(party.name for party in (flow.source, flow.sink) if party.kind == "service")
    field = flow.field or ""
    parts = flow.via.split(", ")
    return Fact(
        services,
        owners_of(services, known.owners),
        tuple(sorted({name for part in parts for name in known.operations.get(part, (part,))})),
        field,
        known.places.get(field),
        known.facets.get((field, flow.category)) or (usual_facet(flow.category),),
        flow.evidence,
        flow.direction,
    )


def _leak(leak: Leak, known: _Known) -> Subject:
    services = (leak.service,)
    fact = Fact(
        services, owners_of(services, known.owners), (), leak.attribute, None, (usual_facet(leak.category),), "observed"
    )
    return Subject(
        leak_id(leak.service, leak.attribute, leak.category),
        leak.category,
        groups(leak.category),
        sensitivity(leak.category),
        TELEMETRY,
        leak.service,
        facts=(fact,),
    )
