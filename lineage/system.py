"""The system model: what the engine counts in telemetry. Only counts, shapes and names, never values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from lineage.histogram import EMPTY, Histogram
from lineage.model import Leak, Operation, Party, Seen

Mode = Literal["call", "publish", "consume"]
EdgeMode = Literal["call", "publish", "consume", "statement"]


@dataclass(frozen=True, slots=True)
class VersionSeen:
    """A service.version that sent spans: `first` and `last` are nanoseconds since the epoch."""

    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class ServiceSeen:
    """A service that sent spans. `versions` in the order in which they were first seen; `weighted` and `adjusted` are
    of its spans, as in `Seen`."""

    name: str
    spans: int
    versions: tuple[VersionSeen, ...] = ()
    weighted: int = 0
    adjusted: int = 0


@dataclass(frozen=True, slots=True)
class OperationSeen:
    """An operation and the number of times it handled something. `durations` are in nanoseconds."""

    operation: Operation
    kind: str  # server, consumer, or the kind of a local root: internal, client, producer
    seen: Seen
    durations: Histogram = EMPTY


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
    `unpaired` counts calls whose callee should have sent a span but did not. `durations` are in nanoseconds, by the
    caller's clock where it has a span of the call.
    """

    id: str
    caller: Operation | None
    callee: Party
    operation: str
    protocol: str
    mode: Mode
    keys: tuple[Key, ...]
    seen: Seen
    unpaired: int = 0
    durations: Histogram = EMPTY


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

    `statements` are those that the last operation of the path ran itself when it was called this way. `errors` and
    `durations` (nanoseconds) are of its handlings.
    """

    path: tuple[Operation, ...]
    calls: int
    statements: tuple[StatementRun, ...] = ()
    errors: int = 0
    durations: Histogram = EMPTY


@dataclass(frozen=True, slots=True)
class Amplification:
    """What requests to `root`, an operation at which traces begin, set off on one edge: an exchange of `caller`, or a
    statement that it ran (`mode` statement: `callee` is the store, `operation` the statement's id).

    `per_request` counts the requests by their number of calls; those without any are not in it. `burst` is the most
    calls that one handling of `caller` made. Where one party goes by several names, each was counted by itself: `most`
    and `burst` are then at least those.
    """

    root: Operation
    caller: Operation
    callee: Party
    operation: str
    protocol: str
    mode: EdgeMode
    per_request: Histogram
    burst: int


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
    amplifications: tuple[Amplification, ...] = ()
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
