"""Who gives what to whom: every exchange, and what belongs together without one, from a sender to a receiver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lineage.contracts import Carries, Contract
from lineage.model import Operation, Party
from lineage.system import ChannelLink, Exchange, OperationSeen

Contracts = Mapping[str, Contract]  # exchange id -> its schema
Receiver = Operation | Party  # an operation of a service, or a channel


@dataclass(frozen=True, slots=True)
class Hop:
    """A request or message on its way. `sender` is None where an unseen client sends, `receiver` where an outsider
    gets it; `exchange` is the exchange's id, None where no exchange was seen. `carries` None: no schema says."""

    sender: Receiver | None
    receiver: Receiver | None
    exchange: str | None = None
    carries: Carries | None = None


def hops(
    exchanges: Sequence[Exchange],
    contracts: Contracts,
    links: Sequence[ChannelLink] = (),
    operations: Sequence[OperationSeen] = (),
) -> list[Hop]:
    """All hops: those of exchanges; from a channel to one that telemetry links it to, as a queue is to the exchange of
    a broker; and from an operation that only receives messages to the background work of its service, which handles
    them where a library's span ends as soon as it has received."""
    found = [hop_of(exchange, contracts) for exchange in exchanges]
    found += [Hop(Party("channel", link.published), Party("channel", link.consumed)) for link in links]
    busy = {exchange.caller for exchange in exchanges if exchange.mode != "consume"}
    for exchange in exchanges:
        if exchange.mode == "consume" and exchange.caller is not None and exchange.caller not in busy:
            found += [Hop(exchange.caller, other) for other in _background(exchange.caller, operations)]
    return found


def _background(receiving: Operation, operations: Sequence[OperationSeen]) -> list[Operation]:
    """What a service does that nobody asked it for."""
    return [
        seen.operation
        for seen in operations
        if seen.operation.service == receiving.service
        and seen.operation != receiving
        and seen.kind not in ("server", "consumer")
    ]


def hop_of(exchange: Exchange, contracts: Contracts) -> Hop:
    """The request or message of an exchange."""
    return Hop(sender_of(exchange), receiver_of(exchange), exchange.id, request_of(exchange, contracts))


def received_by(exchange: Exchange) -> Operation | None:
    """The operation that gets the exchange's request or message, when it sends spans."""
    if exchange.mode == "consume":
        return exchange.caller
    if exchange.callee.kind == "service":
        return Operation(exchange.callee.name, exchange.operation)
    return None


def sender_of(exchange: Exchange) -> Receiver | None:
    """Who sends the request or message: the calling operation, or the channel that is consumed from."""
    return exchange.callee if exchange.mode == "consume" else exchange.caller


def receiver_of(exchange: Exchange) -> Receiver | None:
    """Who gets it: an operation that sends spans, or a channel."""
    return exchange.callee if exchange.mode == "publish" else received_by(exchange)


def request_of(exchange: Exchange, contracts: Contracts) -> Carries | None:
    """What the request or message can carry; None when no schema says."""
    contract = contracts.get(exchange.id)
    return contract.request if contract is not None else None


def response_of(exchange: Exchange, contracts: Contracts) -> Carries | None:
    """What the answer can carry; None when no schema says."""
    contract = contracts.get(exchange.id)
    return contract.response if contract is not None else None
