"""Deliveries that are read, written and acknowledged together."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from auditor.intake.counters import Counters
from auditor.intake.density import is_hollow
from auditor.intake.flows import KeptFlow, decode_metrics
from auditor.intake.hashing import Hasher
from auditor.intake.inflate import Damaged, TooLarge, inflate
from auditor.intake.logs import judge_logs
from auditor.intake.messages import Answer, Delivery, Form, Outcome, Reason, Signal
from auditor.intake.spans import SpanDecoder
from auditor.intake.verdict import Verdict
from auditor.telemetry.spans import SpanBatch


@dataclass(slots=True)
class Waiting:
    """A delivery and who waits for the answer to it. `size` bytes of the room are its."""

    delivery: Delivery
    answer: Future[Answer]
    size: int


@dataclass(slots=True)
class Opened:
    """A delivery whose body is plain."""

    waiting: Waiting
    body: bytes


@dataclass(slots=True)
class Read:
    """A group as it was read: what to keep of it, and a verdict for each delivery."""

    group: Sequence[Opened]
    verdicts: Sequence[Verdict]
    spans: SpanBatch | None
    flows: Sequence[KeptFlow]


def opened(waiting: Waiting, limit: int) -> Opened | Answer:
    """The delivery with its plain body, or why there is none."""
    delivery = waiting.delivery
    try:
        body = inflate(delivery.body, delivery.encoding, limit)
    except TooLarge:
        what = f"the body is larger than {limit} bytes when decompressed: send smaller batches"
        return Answer(Outcome.REFUSED, Reason.TOO_LARGE, message=what)
    except Damaged:
        what = "the body is not what its Content-Encoding says, or is cut off"
        return Answer(Outcome.REJECTED, Reason.MALFORMED, message=what)
    if is_hollow(body, delivery.signal, delivery.form):
        what = "the body holds more parts than telemetry of its size can have"
        return Answer(Outcome.REJECTED, Reason.MALFORMED, message=what)
    return Opened(waiting, body)


def read_group(group: Sequence[Opened], spans: SpanDecoder, hasher: Hasher) -> Read:
    """Decode and redact."""
    batch, of_traces = spans.decode(_bodies(group, "traces"))
    flows, of_metrics = decode_metrics(_bodies(group, "metrics"), hasher)
    of_logs = judge_logs(_bodies(group, "logs"))
    by_signal = {"traces": iter(of_traces), "metrics": iter(of_metrics), "logs": iter(of_logs)}
    verdicts = [next(by_signal[each.waiting.delivery.signal]) for each in group]
    return Read(group, verdicts, batch, flows)


def counts_when_kept(read: Read) -> Counters:
    """What of the group is counted, beside what is new and what came before, when it is written."""
    counts = Counters()
    for signal, verdict in _pairs(read):
        counts.add(signal, Outcome.ACCEPTED, requests=0 if verdict.problem else 1)
        for reason, items in verdict.rejected.items():
            counts.add(signal, Outcome.REJECTED, reason, items=items)
        counts.add(signal, Outcome.REJECTED, Reason.MALFORMED, requests=1 if verdict.problem else 0)
    return counts


def counts_when_refused(read: Read) -> Counters:
    """The same when it cannot be written."""
    counts = Counters()
    for signal, verdict in _pairs(read):
        if verdict.problem:
            counts.add(signal, Outcome.REJECTED, Reason.MALFORMED, requests=1)
        else:
            items = verdict.items + sum(verdict.rejected.values())
            counts.add(signal, Outcome.REFUSED, Reason.STORE, requests=1, items=items)
    return counts


def answers(read: Read, refusal: Answer | None = None) -> list[Answer]:
    """What each sender is told: that it is kept, or `refusal`; in both cases a body that cannot be read is bad."""
    return [_answer(signal, verdict, refusal) for signal, verdict in _pairs(read)]


def _answer(signal: Signal, verdict: Verdict, refusal: Answer | None) -> Answer:
    if verdict.problem:
        return Answer(Outcome.REJECTED, Reason.MALFORMED, message=verdict.problem)
    if refusal is not None:
        return refusal
    rejected = sum(verdict.rejected.values())
    return Answer(Outcome.ACCEPTED, rejected=rejected, message=verdict.message(signal))


def _pairs(read: Read) -> list[tuple[Signal, Verdict]]:
    signals = (each.waiting.delivery.signal for each in read.group)
    return list(zip(signals, read.verdicts, strict=True))


def _bodies(group: Sequence[Opened], signal: Signal) -> list[tuple[Form, bytes]]:
    return [(each.waiting.delivery.form, each.body) for each in group if each.waiting.delivery.signal == signal]
