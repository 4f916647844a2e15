"""What a team can do about an exposure, by the kind of flow that makes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lineage.audit import Audit, Exposure, Flow
from reports.text import visible

_NAME = 200
_ASKED = ("new", "violation")


def remedies(audit: Audit, exposure: Exposure, on_path: Sequence[Flow]) -> Iterator[str]:
    """Sentences, the nearest at hand first. `on_path` are the flows that lead there, those of the exposure too."""
    own = [flow for flow in on_path if flow.id in exposure.flows]
    yield from _stop(audit, exposure, own, on_path)
    if any(flow.evidence == "possible" for flow in own) and not any(flow.evidence == "observed" for flow in own):
        yield (
            "find out first: no schema says whether it is sent. Give the payload schema with --schema, or bind the "
            'call to one in auditor.toml ([[bindings]], "none" for an empty body)'
        )
    if exposure.state == "new":
        yield f"if it is wanted: auditor approve {visible(exposure.id, _NAME)} --reason '...', then commit the lock"
    if exposure.state in _ASKED:
        yield (
            f"if it is wrong but cannot be mended today: auditor waive {visible(exposure.id, _NAME)}, with a reason, "
            "an owner and a day when it ends"
        )
    if exposure.state == "waived" and exposure.waiver:
        yield f"waived until {visible(exposure.waiver.expires, _NAME)}: mend it before that day"
    if exposure.state == "approved":
        yield "nothing: it is approved"
    fields = sorted({flow.field for flow in own if flow.field})
    if exposure.state in _ASKED and fields:
        yield f"if the label is wrong: auditor explain {visible(fields[0], _NAME)} shows how to correct it"


def _stop(audit: Audit, exposure: Exposure, own: Sequence[Flow], on_path: Sequence[Flow]) -> Iterator[str]:
    if exposure.state not in (*_ASKED, "waived"):
        return
    for flow in [flow for flow in on_path if flow.direction == "read" and flow.field][:3]:
        yield _query(audit, flow)
    declared = [flow for flow in own if flow.places]
    for flow in declared[:3]:
        place = flow.places[0]
        at = visible(f"{place.file}:{place.line}" if place.line else place.file, _NAME)
        yield f"drop the field from the payload schema ({at}), and from the code that fills it"
    kinds = {flow.sink.kind for flow in own if flow.direction != "read"}
    if "outsider" in kinds:
        yield f"redact it before the call: what {visible(exposure.sink.name, _NAME)} gets cannot be taken back"
    if "channel" in kinds:
        yield "redact it before it is published: every consumer of the channel gets it"
    if "store" in kinds:
        yield "do not write it: leave the column out, or store a digest, a token or an encrypted value"
    if "service" in kinds and not declared:
        yield f"do not send it to {visible(exposure.sink.name, _NAME)}, or send a part or a reference instead"


def _query(audit: Audit, read: Flow) -> str:
    """The query may ask for less; it surely does where no schema of what the service sends can carry the field."""
    who = read.sink.name, read.field
    field, service = visible(read.field or "", _NAME), visible(read.sink.name, _NAME)
    reading = {a.operation for a in audit.accesses if (a.service, a.field) == who and "projected" in a.roles}
    idle = {found.operation for found in audit.over_fetch if (found.service, found.field) == who}
    why = "nothing that it answers, calls or publishes can carry it" if reading and reading <= idle else ""
    return f"fix the query: leave {field} out of what {service} selects, {why or 'if it is not needed there'}"
