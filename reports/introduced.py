"""Which version of a service brought a flow, as far as telemetry tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from lineage.audit import AuditService, Flow, ServiceVersion
from lineage.model import Party
from reports.text import visible

_NAME = 200


def acting(flow: Flow) -> Party:
    """Who makes a flow happen: the reader of a store or channel, else the sender."""
    return flow.sink if flow.direction in ("read", "consume") else flow.source


def introduced(flows: Sequence[Flow], services: Mapping[str, AuditService]) -> Iterator[str]:
    """When the flows were first seen, and under which version of each service that makes them happen."""
    first = min((flow.first_seen for flow in flows if flow.first_seen), key=_moment, default=None)
    if first is None:
        return
    yield f"first seen {visible(first, _NAME)} in this telemetry: it may be older"
    names = sorted({acting(flow).name for flow in flows if acting(flow).kind == "service"})
    for name in names:
        service = services.get(name)
        if service is None or not service.versions:
            continue
        starts = [f.first_seen for f in flows if acting(f) == Party("service", name) and f.first_seen]
        if starts:
            yield _by(service, min(starts, key=_moment))


def _by(service: AuditService, start: str) -> str:
    versions = sorted(service.versions, key=lambda v: (_moment(v.first_seen or ""), v.name))
    running = [version for version in versions if _ran(version, start)]
    name = visible(service.name, _NAME)
    if len(versions) == 1:
        return f"{name} was version {_named(versions[0])} all the time: this telemetry holds no earlier one to compare"
    if len(running) != 1:
        return f"{name} ran as {_list(versions)}: which of them brought it, this telemetry does not tell"
    earlier = versions[: versions.index(running[0])]
    if not earlier:
        return f"{name} did it from version {_named(running[0])} on, the first in this telemetry"
    return f"introduced by {name} {_named(running[0])}: not seen while it ran as {_list(earlier)}"


def _ran(version: ServiceVersion, at: str) -> bool:
    if version.first_seen is None or version.last_seen is None:
        return False
    return _moment(version.first_seen) <= _moment(at) <= _moment(version.last_seen)


def _moment(text: str) -> datetime:
    """Times are told with and without fractions, so they compare as times; one that cannot be read comes last."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _named(version: ServiceVersion) -> str:
    return visible(version.name, _NAME)


def _list(versions: Sequence[ServiceVersion]) -> str:
    shown = ", ".join(_named(version) for version in versions[:5])
    return shown + (f" and {len(versions) - 5:,} more" if len(versions) > 5 else "")
