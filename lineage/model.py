"""The words that the system model and the audit share, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from lineage.findings import Waiver

PartyKind = Literal["service", "store", "outsider", "channel"]
Role = Literal["projected", "filtered", "joined", "grouped", "ordered", "written"]
ROLES: tuple[Role, ...] = ("projected", "filtered", "joined", "grouped", "ordered", "written")
Direction = Literal["request", "response", "publish", "consume", "read", "write"]
EvidenceLevel = Literal["observed", "declared", "possible"]
EVIDENCE: tuple[EvidenceLevel, ...] = ("observed", "declared", "possible")  # strongest first
ExposureState = Literal["approved", "new", "violation", "waived"]
LeakState = Literal["told", "approved", "new", "violation", "waived"]


@dataclass(frozen=True, slots=True, order=True)
class Party:
    """One end of a flow."""

    kind: PartyKind
    name: str


@dataclass(frozen=True, slots=True, order=True)
class Operation:
    """What a service does: an HTTP route, an RPC method, a consumer, a job."""

    service: str
    name: str


@dataclass(frozen=True, slots=True)
class Seen:
    """How often and when telemetry showed something.

    `calls` and `errors` are counts of spans; `first` and `last` are nanoseconds since the epoch; `traces` holds up to
    three example trace ids (hex). `weighted` calls state for how many they stand since telemetry was sampled, in sum
    `adjusted`, in millionths: whole numbers add up to the same in any order.
    """

    calls: int
    errors: int = 0
    first: int = 0
    last: int = 0
    traces: tuple[str, ...] = ()
    weighted: int = 0
    adjusted: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Leak:
    """A category of personal data inside telemetry itself: `attribute` names the place, `spans` how many carry it.

    The gate gives it an id and a state: `told` where no rule asks for a decision. `rules` are the ids of the rules that
    made the state, `waiver` what covers it.
    """

    service: str
    attribute: str
    category: str
    spans: int
    id: str = ""
    state: LeakState = "told"
    rules: tuple[str, ...] = ()
    waiver: Waiver | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """Something that could not be seen or understood, counted.

    `kind` is a stable word (unparsed_sql, no_statement, no_ddl, no_schema, orphan, unnamed_service, unpaired_call,
    bad_record, unclassified ...); `share` is count over what it is a part of, 0..1.
    """

    kind: str
    where: str
    count: int
    share: float
    what_it_hides: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many records of a list were left out."""

    list: str
    records: int
