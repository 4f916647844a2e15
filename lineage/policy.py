"""The gate: exposures against what was approved, and what may be said when telemetry is thin. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from lineage.diff import exposure_id
from lineage.graph import best_paths, by_category
from lineage.lock import Approval, Lock
from lineage.model import EVIDENCE, Audit, Exposure, Flow, Party, Verdict


def find_exposures(flows: Sequence[Flow], sensitivity: Callable[[str], str]) -> tuple[Exposure, ...]:
    """One exposure per category and sink, all new, sorted by id. A sink is whoever gets it: also a store written to."""
    result = []
    for category, same in by_category(flows).items():
        paths = best_paths(same)
        to_sink: dict[Party, list[Flow]] = defaultdict(list)
        for flow in sorted(same, key=lambda f: f.id):
            to_sink[flow.sink].append(flow)
        for sink, reaching in to_sink.items():
            evidence = min((f.evidence for f in reaching), key=EVIDENCE.index)
            result.append(
                Exposure(
                    exposure_id(category, sink),
                    category,
                    sink,
                    "new",
                    evidence,
                    sensitivity(category),
                    tuple(f.id for f in reaching),
                    paths[sink],
                )
            )
    return tuple(sorted(result, key=lambda exposure: exposure.id))


def judge(audit: Audit, lock: Lock | None) -> Audit:
    """The audit with each exposure's state, what the lock holds but this audit did not see, and the verdict."""
    approved = {approval.id for approval in lock.approvals} if lock else set()
    exposures = tuple(replace(e, state="approved" if e.id in approved else "new") for e in audit.exposures)
    not_seen = tuple(sorted(approved - {exposure.id for exposure in exposures}))
    judged = replace(audit, exposures=exposures, not_seen=not_seen)
    return replace(judged, verdict=_verdict(judged, lock))


def _verdict(audit: Audit, lock: Lock | None) -> Verdict:
    new = [exposure for exposure in audit.exposures if exposure.state == "new"]
    thin = list(_thin(audit, lock))
    if new:
        word = "exposure is" if len(new) == 1 else "exposures are"
        return Verdict("not_approved", (f"{len(new)} {word} not approved", *thin))
    if thin:
        return Verdict("inconclusive", tuple(thin))
    return Verdict("pass", ("every exposure seen is approved" if audit.exposures else "no exposure was seen",))


def _thin(audit: Audit, lock: Lock | None) -> Iterable[str]:
    if audit.scope.spans == 0:
        yield "no spans were read: silence says nothing"
        return
    seen = {service.name for service in audit.services}
    missing = [service for service in (lock.services if lock else ()) if service not in seen]
    if missing:
        yield f"services of the lock that sent no spans: {', '.join(missing)}"


def approve(
    audit: Audit, lock: Lock | None, ids: Iterable[str] | None, *, by: str, at: str, reason: str
) -> tuple[Lock, tuple[str, ...]]:
    """The lock with exposures approved: all of the audit when `ids` is None.

    Earlier approvals stay as they are. Also returned: the ids asked for that the audit does not hold.
    """
    known = {approval.id: approval for approval in (lock.approvals if lock else ())}
    exposures = {exposure.id: exposure for exposure in audit.exposures}
    wanted = list(exposures) if ids is None else list(ids)
    for id_ in wanted:
        if id_ in exposures and id_ not in known:
            e = exposures[id_]
            known[id_] = Approval(id_, e.category, e.sink.kind, e.sink.name, e.evidence, by, at, reason)
    services = {service.name for service in audit.services} | set(lock.services if lock else ())
    unknown = tuple(id_ for id_ in wanted if id_ not in exposures and id_ not in known)
    return Lock(tuple(sorted(known.values())), tuple(sorted(services))), unknown
