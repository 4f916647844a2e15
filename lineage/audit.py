"""The audit: what the lineage makes of the system model, and what reports, the API and the gate read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from classifiers.model import Label
from classifiers.taxonomy import Category
from lineage.amplification import EdgeLoad
from lineage.declarations import NOTHING, Approved, Declarations
from lineage.findings import Finding, RuleText, Waiver
from lineage.histogram import EMPTY, Histogram
from lineage.model import Direction, EvidenceLevel, ExposureState, Gap, Leak, LeftOut, Party, Role
from lineage.sampling import UNKNOWN, Sampled
from lineage.system import Context


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a schema declares something: the name of its file as in the scope, and the line (1-based, 0 unknown)."""

    file: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Input:
    """A file that was read: its name without folders, its SHA-256, and what it was taken for."""

    name: str
    sha256: str
    format: str
    spans: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what a store itself counted traces show: statement calls on user data, and distinct statements."""

    store: str
    counted_calls: int
    traced_calls: int
    counted_statements: int
    traced_statements: int


@dataclass(frozen=True, slots=True)
class Scope:
    """What the audit looked at. `first` and `last` are RFC 3339 UTC; shares lie in 0..1."""

    auditor: str
    inputs: tuple[Input, ...]
    schemas: tuple[Input, ...]
    spans: int
    traces: int
    first: str | None
    last: str | None
    statements: int
    statements_parsed: int
    sampling: str
    coverage: tuple[Coverage, ...] = ()  # of stores whose own counters were given


@dataclass(frozen=True, slots=True)
class ServiceVersion:
    """A service.version, and when it sent its first and its last span (RFC 3339 UTC)."""

    name: str
    first_seen: str | None
    last_seen: str | None


@dataclass(frozen=True, slots=True)
class AuditService:
    """A service. `sampled` is of its spans."""

    name: str
    operations: tuple[str, ...]
    spans: int
    versions: tuple[ServiceVersion, ...] = ()
    sampled: Sampled = UNKNOWN


@dataclass(frozen=True, slots=True)
class AuditOperation:
    """How often an operation handled something, and how long that took (nanoseconds)."""

    service: str
    name: str
    kind: str  # server, consumer, or the kind of a local root: internal, client, producer
    calls: int
    errors: int
    durations: Histogram
    sampled: Sampled


@dataclass(frozen=True, slots=True)
class AuditStore:
    name: str
    system: str
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outsider:
    """A host that is called and sends no spans. `provider`, `purpose` and `region` are known or None.

    `declared` names those of the three that auditor.toml says; the others come from the list of known hosts.
    """

    name: str
    protocols: tuple[str, ...]
    provider: str | None = None
    purpose: str | None = None
    region: str | None = None
    declared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    name: str
    system: str


@dataclass(frozen=True, slots=True)
class AuditField:
    """A field of a store with its labels. `id` is `store/table.column`, `place` where DDL declares it."""

    id: str
    store: str
    table: str
    column: str
    type: str | None
    labels: tuple[Label, ...]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class MessageField:
    """A leaf of a payload with its labels. `path` is dotted, `line` 1-based and 0 when unknown."""

    path: str
    type: str
    labels: tuple[Label, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """A payload type that an exchange was seen to carry, as its schema declares it."""

    name: str
    source: str
    line: int
    fields: tuple[MessageField, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """An edge of the dependency graph. `amplification` is calls per handling of the calling service's operation;
    `schema` tells which payload schema declares what it carries, None where none does; `durations` are in nanoseconds,
    by the caller's clock where it has a span of the call."""

    caller: str | None
    callee: str
    operation: str
    protocol: str
    calls: int
    errors: int
    amplification: float
    schema: str | None = None
    durations: Histogram = EMPTY
    sampled: Sampled = UNKNOWN


@dataclass(frozen=True, slots=True)
class Access:
    """An operation touching a field. `statements` are ids of statement shapes; `certain` is False where guessed.

    `reading` are those of the statements that do not only write it.
    """

    service: str
    operation: str
    field: str
    roles: tuple[Role, ...]
    calls: int
    statements: tuple[str, ...]
    certain: bool = True
    reading: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """A category going from a source to a sink over one exchange, with its evidence.

    `field` is `store/table.column`, or None when only the category is known. `via` is the exchange (operation called)
    or the statement ids. `why` are sentences for a reviewer. Times are RFC 3339 UTC. `likelihood` (0..1) ranks flows
    that are only possible; it is 1 for the others, and not a probability that was measured. `places` are the fields of
    payload schemas that can carry it. `adjusted` is about how many calls there were, where all those seen say for how
    many they stand since telemetry was sampled; None: nobody knows.
    """

    id: str
    category: str
    field: str | None
    source: Party
    sink: Party
    direction: Direction
    via: str
    evidence: EvidenceLevel
    calls: int
    first_seen: str | None
    last_seen: str | None
    traces: tuple[str, ...]
    why: tuple[str, ...] = ()
    likelihood: float = 1.0
    places: tuple[Place, ...] = ()
    adjusted: int | None = None

    @property
    def sampled(self) -> Sampled:
        """What the number of calls is worth."""
        if self.adjusted is None:
            return UNKNOWN
        return Sampled("exact" if self.adjusted == self.calls else "adjusted", self.adjusted)


@dataclass(frozen=True, slots=True, order=True)
class OverFetch:
    """An operation reads a field, and no payload schema of what it answers, calls or publishes can carry it on."""

    service: str
    operation: str
    field: str
    category: str
    calls: int


@dataclass(frozen=True, slots=True)
class Path:
    """Flows joined end to end: party names in order, the flow ids between them, and the weakest evidence."""

    parties: tuple[Party, ...]
    flows: tuple[str, ...]
    evidence: EvidenceLevel


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a reviewer decides on: a category reaching a sink.

    `rules` are the ids of the rules (in `Audit.rules`) that made its state, sorted; () where no rule fits and only the
    lock decided. `waiver` is what covers it when the state is waived. `purpose` is what it was approved for, if said.
    """

    id: str
    category: str
    sink: Party
    state: ExposureState
    evidence: EvidenceLevel
    sensitivity: str
    flows: tuple[str, ...]
    paths: tuple[Path, ...]
    rules: tuple[str, ...] = ()
    waiver: Waiver | None = None
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class StatementShape:
    """A distinct statement as the audit shows it: never with a literal. `parse` is full, partial, none or not_sql."""

    id: str
    system: str
    shape: str
    parse: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says. `inconclusive` means that telemetry was too thin to say; reasons are sentences.

    `notes` are sentences that decide nothing: how rare a thing may be that was not seen, waivers about to end.
    """

    state: Literal["pass", "not_approved", "inconclusive"] = "inconclusive"
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """Everything an audit says. Serialised as audit.json, format privacy-audit/1 (docs/formats.md)."""

    scope: Scope
    services: tuple[AuditService, ...] = ()
    stores: tuple[AuditStore, ...] = ()
    outsiders: tuple[Outsider, ...] = ()
    channels: tuple[Channel, ...] = ()
    fields: tuple[AuditField, ...] = ()
    messages: tuple[Message, ...] = ()
    calls: tuple[Call, ...] = ()
    statements: tuple[StatementShape, ...] = ()
    accesses: tuple[Access, ...] = ()
    contexts: tuple[Context, ...] = ()  # the roots, and every calling path that ends in a statement
    operations: tuple[AuditOperation, ...] = ()
    further_contexts: tuple[Context, ...] = ()  # the other calling paths
    loads: tuple[EdgeLoad, ...] = ()  # calls of each edge for each request, by the operation that the request came to
    left_out: tuple[LeftOut, ...] = ()  # of the lists above that are bounded
    flows: tuple[Flow, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    verdict: Verdict = Verdict()
    not_seen: tuple[str, ...] = ()  # ids of locked exposures that this audit did not see: never read as removed
    over_fetch: tuple[OverFetch, ...] = ()
    leaks: tuple[Leak, ...] = ()
    gaps: tuple[Gap, ...] = ()
    findings: tuple[Finding, ...] = ()  # what the gate says in single sentences, those that fail first
    rules: tuple[RuleText, ...] = ()  # the rules that exposures, leaks and findings name, by id
    readings: tuple[Category, ...] = ()  # the categories that the team reads in its own way: title, tier, groups
    declarations: Declarations = NOTHING  # what people say of the processing
    approvals: tuple[Approved, ...] = ()  # the lock's entries, as a log of changes
    format: str = field(default="privacy-audit/1")
