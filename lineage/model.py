"""The words of the system model and of the audit, as frozen values.

Two halves: the *system model* is what the engine counts in telemetry (only counts, shapes and names, never values);
the *audit* is what the lineage makes of it, and what reports, the API and the gate read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from classifiers.model import Label
from classifiers.taxonomy import Category
from lineage.findings import Finding, RuleText, Waiver

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
    three example trace ids (hex).
    """

    calls: int
    errors: int = 0
    first: int = 0
    last: int = 0
    traces: tuple[str, ...] = ()


# ---- the system model: what the engine counts -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VersionSeen:
    """A service.version that sent spans: `first` and `last` are nanoseconds since the epoch."""

    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class ServiceSeen:
    """A service that sent spans. `versions` in the order in which they were first seen."""

    name: str
    spans: int
    versions: tuple[VersionSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class OperationSeen:
    """An operation and the number of times it handled something."""

    operation: Operation
    kind: str  # server, consumer, or the kind of a local root: internal, client, producer
    seen: Seen


@dataclass(frozen=True, slots=True)
class StoreSeen:
    """A database as services reach it: `system` is OpenTelemetry's db.system.name, `namespace` the database's name."""

    UNKNOWN: ClassVar[str] = "unknown"  # a system of which nothing tells

    name: str
    system: str
    namespace: str | None
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """The name of a value that telemetry showed in an exchange.

    `place` is one of query, path, header, body, metadata, parameter, response_header, response_body, graphql (a
    selected field). The value itself was dropped by the reader. Of `value` and `response_value` the name is the
    category that the reader judged a value to be of.
    """

    place: str
    name: str

    @property
    def in_answer(self) -> bool:
        """Whether the value comes back with the answer, rather than going out with the request."""
        return self.place.startswith("response_") or self.place == "graphql"

    @property
    def is_value(self) -> bool:
        """Whether the name is a category, of a value whose own name told nothing."""
        return self.place in ("value", "response_value")


@dataclass(frozen=True, slots=True)
class StatementUse:
    """One shape of statement, run by one operation against one store.

    `shape` is the statement's text with every literal and comment removed; `id` a short hash of that shape's
    fingerprint. `collection` and `verb` are the instrumentation's own words (db.collection.name, db.operation.name),
    the only evidence when `shape` is None.
    """

    id: str
    operation: Operation
    store: str
    system: str
    shape: str | None
    verb: str | None
    collection: str | None
    seen: Seen


@dataclass(frozen=True, slots=True)
class Exchange:
    """Calls from one operation to another party, counted.

    `caller` is None at an entry point: whoever called sent no spans. `callee` is the party called; `operation` what it
    was asked to do (the callee's own operation when it sends spans, else a masked template). `mode` is call (request
    and response), publish or consume; for consume the callee is the channel and `caller` the consuming operation.
    `unpaired` counts calls whose callee should have sent a span but did not.
    """

    id: str
    caller: Operation | None
    callee: Party
    operation: str
    protocol: str
    mode: Literal["call", "publish", "consume"]
    keys: tuple[Key, ...]
    seen: Seen
    unpaired: int = 0


@dataclass(frozen=True, slots=True)
class Succession:
    """Within one handling of `operation`: how often step `before` had ended when step `after` began.

    A step is the id of a StatementUse or of an Exchange of that operation. `count` handlings showed this order at
    least once, out of `together` handlings that held both. Times are compared within one service's own clock only.
    Where one party goes by several names, each was counted by itself, and both numbers are sums.
    """

    operation: Operation
    before: str
    after: str
    count: int
    together: int


@dataclass(frozen=True, slots=True, order=True)
class StatementRun:
    """How often a statement (its id) ran against a store at the end of one calling path."""

    statement: str
    store: str
    calls: int


@dataclass(frozen=True, slots=True, order=True)
class ChannelLink:
    """Messages published to one channel were consumed from another: from a queue bound to a broker's exchange."""

    published: str
    consumed: str
    count: int


@dataclass(frozen=True, slots=True)
class Context:
    """A node of the calling-context tree: the path of operations from the root of a trace to this one, counted.

    `statements` are those that the last operation of the path ran itself when it was called this way.
    """

    path: tuple[Operation, ...]
    calls: int
    statements: tuple[StatementRun, ...] = ()


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
class StoreWay:
    """One way in which a service reaches a database: all that telemetry says of the other side.

    `used` is False where only spans that wrap another one, and so count as no access, tell of it.
    """

    service: str
    system: str | None
    host: str | None
    port: int | None
    namespace: str | None
    used: bool = True


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A host and port (0: none stated) under which a service has answered calls."""

    host: str
    port: int
    service: str


@dataclass(frozen=True, slots=True, order=True)
class Unseen:
    """What telemetry hides, counted: `count` out of `total`, of a service, perhaps towards some `other`.

    There is a row for everything of which something could be hidden, also where nothing was (`count` 0): so totals add
    up. `kind` is that of the `Gap` which a count above 0 becomes.
    """

    kind: str
    service: str
    other: str
    count: int
    total: int


@dataclass(frozen=True, slots=True)
class SystemModel:
    """Everything the engine counted. Names, shapes and counts only.

    Models add up (`lineage.merge.add`) as long as their parts go by the names that spans give them: `ways` and
    `addresses` are what is needed to find better ones, which takes all parts (`auditor.engine.naming.named`). A model
    that was named has no `ways` and `addresses` any more.
    """

    services: tuple[ServiceSeen, ...] = ()
    operations: tuple[OperationSeen, ...] = ()
    stores: tuple[StoreSeen, ...] = ()
    statements: tuple[StatementUse, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    successions: tuple[Succession, ...] = ()
    channel_links: tuple[ChannelLink, ...] = ()
    contexts: tuple[Context, ...] = ()
    leaks: tuple[Leak, ...] = ()
    unseen: tuple[Unseen, ...] = ()
    ways: tuple[StoreWay, ...] = ()
    addresses: tuple[Address, ...] = ()
    spans: int = 0
    duplicates: int = 0
    weighted: int = 0  # spans that state their sampling weight
    adjusted: int = 0  # the sum of those weights, in millionths: whole numbers add up to the same in any order
    traces: int = 0
    first: int = 0
    last: int = 0


# ---- the catalog: what schemas declare ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """A declared column. `type` is as written in the DDL, `line` where it stands in its file (1-based, 0 unknown)."""

    name: str
    type: str | None = None
    comment: str | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A declared table or view. `name` may be schema-qualified; `database` is what the DDL file says, if it does."""

    name: str
    columns: tuple[Column, ...]
    comment: str | None = None
    database: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class CatalogTable:
    """A table placed in a store: `declared` is False when only statements told of it."""

    store: str
    name: str
    columns: tuple[Column, ...]
    declared: bool
    comment: str | None = None
    source: str = ""


# ---- the audit: what is claimed -------------------------------------------------------------------------------------


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
    name: str
    operations: tuple[str, ...]
    spans: int
    versions: tuple[ServiceVersion, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditStore:
    name: str
    system: str
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outsider:
    """A host that is called and sends no spans. `provider`, `purpose` and `region` are known or None."""

    name: str
    protocols: tuple[str, ...]
    provider: str | None = None
    purpose: str | None = None
    region: str | None = None


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
    `schema` tells which payload schema declares what it carries, None where none does."""

    caller: str | None
    callee: str
    operation: str
    protocol: str
    calls: int
    errors: int
    amplification: float
    schema: str | None = None


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
    payload schemas that can carry it.
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
    format: str = field(default="privacy-audit/1")
