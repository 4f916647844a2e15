"""Which endpoints of the schemas an exchange is, told by names: routes, methods, operations, channels.

Nothing ties a trace to a schema file but names. A file is taken to be about a callee when the user bound it, when it
names the callee's host, when its own name holds the callee's, or when it declares most of what the callee was asked.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from lineage.payload import Endpoint, Payload
from lineage.routes import fit
from lineage.system import Exchange

MOST_OF = 0.5  # share of a callee's operations that a file must declare to be taken for its schema
LOCAL = ("localhost", "127.0.0.1", "0.0.0.0", "::1", "example.com")  # noqa: S104 (names in schemas, never listened on)
_PARAMETERS = re.compile(r"\{[^{}]*\}|<[^<>]*>")
GRAPHQL = "graphql"


@dataclass(frozen=True, slots=True)
class Binding:
    """What a user says an exchange carries: names of payloads, "none" for nothing, None for nothing said.

    `callee` and `operation` are patterns with `*`; `place` is where it is written.
    """

    callee: str
    operation: str = "*"
    request: str | None = None
    response: str | None = None
    place: str = ""

    def fits(self, exchange: Exchange) -> bool:
        """Whether an exchange is meant."""
        return fnmatchcase(exchange.callee.name, self.callee) and fnmatchcase(exchange.operation, self.operation)


@dataclass(frozen=True, slots=True)
class Matches:
    """By exchange id its endpoints, several where a channel carries several types; endpoints that nothing used;
    bindings that fit nothing or name payloads that no file declares."""

    by_exchange: Mapping[str, tuple[Endpoint, ...]]
    unused: tuple[Endpoint, ...] = ()
    idle: tuple[Binding, ...] = ()

    @property
    def payloads(self) -> tuple[Payload, ...]:
        """What the matched endpoints carry, each once."""
        used = [p for these in self.by_exchange.values() for e in these for p in (e.request, e.response)]
        return tuple({(p.source, p.name, id(p)): p for p in used if p is not None}.values())


def match_endpoints(
    exchanges: Sequence[Exchange],
    endpoints: Sequence[Endpoint],
    messages: Iterable[Payload] = (),
    bindings: Sequence[Binding] = (),
) -> Matches:
    """Match every exchange to the endpoints that declare it. Bindings come first."""
    found: dict[str, tuple[Endpoint, ...]] = {}
    payloads = {payload.name: payload for payload in messages}
    payloads |= {p.name: p for e in endpoints for p in (e.request, e.response) if p is not None}
    busy = set()
    for binding in bindings:
        for exchange in exchanges:
            bound = _bound(binding, exchange, payloads) if binding.fits(exchange) else None
            if bound is not None:
                found.setdefault(exchange.id, (bound,))
                busy.add(binding)
    homes = _homes(exchanges, endpoints)
    by_kind: dict[str, list[Endpoint]] = defaultdict(list)
    for endpoint in endpoints:
        by_kind[endpoint.kind].append(endpoint)
    for exchange in exchanges:
        if exchange.id not in found and (these := _declared(exchange, by_kind, homes)):
            found[exchange.id] = these
    used = {id(endpoint) for these in found.values() for endpoint in these}
    return Matches(
        found,
        tuple(endpoint for endpoint in endpoints if id(endpoint) not in used),
        tuple(binding for binding in bindings if binding not in busy),
    )


def _bound(binding: Binding, exchange: Exchange, payloads: Mapping[str, Payload]) -> Endpoint | None:
    named = [name for name in (binding.request, binding.response) if name not in (None, "none")]
    if not all(name in payloads for name in named):
        return None
    request, response = (payloads.get(name or "") for name in (binding.request, binding.response))
    # Nothing said about a way: it stays as vague as without a schema.
    unsaid = Payload("(not declared)", (), open=True, source=binding.place)
    return Endpoint(
        "message" if exchange.mode != "call" else "http",
        exchange.operation,
        unsaid if binding.request is None else request,
        unsaid if binding.response is None else response,
        source=binding.place,
    )


def _declared(
    exchange: Exchange, by_kind: Mapping[str, list[Endpoint]], homes: Mapping[str, frozenset[str]]
) -> tuple[Endpoint, ...]:
    if exchange.mode != "call":
        return _on_channel(exchange.callee.name, by_kind["message"])
    if selected := root_fields(exchange):
        kind = exchange.operation.partition(" ")[0]
        kind = kind if kind in ("query", "mutation", "subscription") else "query"
        names = {f"{kind} {name}".lower() for name in selected}
        return tuple(e for e in by_kind[GRAPHQL] if e.name.lower() in names and _may_be(e, exchange))
    if exchange.protocol == GRAPHQL:
        return tuple(e for e in by_kind[GRAPHQL] if _fold(e.name) == _fold(exchange.operation) and _may_be(e, exchange))
    if " " in exchange.operation:
        return _best_route(exchange, by_kind["http"], homes)
    return _method(exchange, by_kind["rpc"])


def root_fields(exchange: Exchange) -> tuple[str, ...]:
    """The fields of the root type that the exchange's GraphQL documents select."""
    paths = (key.name for key in exchange.keys if key.place == GRAPHQL)
    return tuple(dict.fromkeys(path.partition(".")[0].removesuffix("[]") for path in paths))


def _best_route(
    exchange: Exchange, endpoints: Iterable[Endpoint], homes: Mapping[str, frozenset[str]]
) -> tuple[Endpoint, ...]:
    fitting = [
        (fit(exchange.operation, endpoint.name), endpoint)
        for endpoint in endpoints
        if exchange.callee.name in homes[_home_key(endpoint)]
    ]
    best = max((score for score, _ in fitting), default=0.0)
    first = [endpoint for score, endpoint in fitting if score == best] if best else []
    return tuple(first[:1])


def _method(exchange: Exchange, endpoints: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
    """RPC methods by their full name, else by service and method without the package, else by the method alone."""
    name = exchange.operation.strip("/").lower()
    ours = [endpoint for endpoint in endpoints if _may_be(endpoint, exchange)]
    for length in (None, 2, 1):
        wanted = _tail(name, length)
        found = [endpoint for endpoint in ours if _tail(endpoint.name.lower(), length) == wanted]
        if found and (length is None or (len(found) == 1 and (length == 2 or "/" not in name))):
            return tuple(found[:1])
    return ()


def _tail(name: str, length: int | None) -> str:
    """`package.Service/Method` whole, or its last two names, or its last."""
    return name if length is None else "/".join(re.split(r"[./]", name)[-length:])


def _on_channel(channel: str, endpoints: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
    named = [e for e in endpoints if e.name and _is_channel(e.name, channel)]
    if named:
        return tuple(named)
    # A message type that no channel is declared for but that has its name: AppointmentReminder, appointment-reminders.
    folded = _fold(channel)
    return tuple(e for e in endpoints if not e.name and e.message_type and _is_named_after(e.message_type, folded))


def _is_channel(declared: str, seen: str) -> bool:
    if "{" not in declared and "<" not in declared:
        return declared.strip("/").lower() == seen.strip("/").lower()
    parts = [re.escape(part) for part in _PARAMETERS.split(declared.strip("/"))]
    return re.fullmatch("[^/]+".join(parts), seen.strip("/"), re.IGNORECASE) is not None


def _is_named_after(message_type: str, channel: str) -> bool:
    name = _fold(message_type.rpartition(".")[2])
    return len(name) >= 4 and (channel in (name, name + "s") or channel.endswith((name, name + "s")))


def _may_be(endpoint: Endpoint, exchange: Exchange) -> bool:
    return endpoint.service is None or endpoint.service == exchange.callee.name


def _home_key(endpoint: Endpoint) -> str:
    return f"{endpoint.service or ''}\0{endpoint.source}"


def _homes(exchanges: Sequence[Exchange], endpoints: Sequence[Endpoint]) -> Mapping[str, frozenset[str]]:
    """By schema file of HTTP endpoints: the callees that it is about."""
    asked: dict[str, set[str]] = defaultdict(set)
    for exchange in exchanges:
        if exchange.mode == "call" and " " in exchange.operation:
            asked[exchange.callee.name].add(exchange.operation)
    files: dict[str, list[Endpoint]] = defaultdict(list)
    for endpoint in endpoints:
        if endpoint.kind == "http":
            files[_home_key(endpoint)].append(endpoint)
    return {key: frozenset(_home(declared, asked)) for key, declared in files.items()}


def _home(declared: Sequence[Endpoint], asked: Mapping[str, set[str]]) -> set[str]:
    first = declared[0]
    if first.service is not None:
        return {first.service}
    hosts = {host.lower().partition(":")[0] for e in declared for host in e.hosts} - set(LOCAL)
    if here := {name for name in asked if name.lower() in hosts}:
        return here
    if hinted := [name for name in asked if _is_named_in(name, first.source)]:
        longest = max(map(len, hinted))
        return {name for name in hinted if len(name) == longest}
    shares = {name: _share(operations, declared) for name, operations in asked.items()}
    best = max(shares.values(), default=0.0)
    most = {name for name, share in shares.items() if share == best}
    return most if best >= MOST_OF and len(most) == 1 else set()


def _is_named_in(callee: str, file: str) -> bool:
    """Whether a file is called after a callee: `openapi.user-service.yaml`, `userservice.json`."""
    words = set(_words(file))
    return bool(_fold(callee)) and (words.issuperset(_words(callee)) or _fold(callee) in words)


def _words(name: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", name.lower())


def _share(operations: set[str], declared: Sequence[Endpoint]) -> float:
    return sum(any(fit(operation, e.name) for e in declared) for operation in operations) / len(operations)


def _fold(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())
