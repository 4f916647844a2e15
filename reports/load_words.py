"""Words for how often, how long, and why so often."""

from __future__ import annotations

from lineage.amplification import Cause
from lineage.explorer import Latency
from lineage.sampling import Sampled
from reports.text import count


def counted(number: int, sampled: Sampled, word: str) -> str:
    """`12 calls`; where spans say that telemetry was sampled, `at least 12 calls (sampled; about 120)`."""
    told = count(number, word)
    if sampled.adjusted is None or sampled.adjusted == number:
        return told
    if sampled.kind == "adjusted":
        return f"at least {told} (sampled; about {sampled.adjusted:,})"
    return f"at least {told} (partly sampled; about {sampled.adjusted:,} or more)"


def duration(milliseconds: float) -> str:
    """`0.04 ms`, `3.4 ms`, `120 ms`, `1.2 s`: two digits at least, since percentiles are no surer than that."""
    if milliseconds >= 10_000:
        return f"{milliseconds / 1000:,.0f} s"
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.2g} ms"


def waits(latency: Latency | None) -> str:
    """`p50 3.4 ms, p99 12 ms`; nothing where no duration was told."""
    return f"p50 {duration(latency.p50)}, p99 {duration(latency.p99)}" if latency else ""


def reason(cause: Cause | None) -> str:
    """What makes the calls of an edge so many."""
    if cause is None:
        return ""
    where = f"{cause.caller.service} {cause.caller.name}"
    if cause.kind == "fan-out":
        return f"fan-out: {cause.most:,} paths lead there from {where}, {cause.factor:,.4g} times the busiest alone"
    called = cause.callee.name if cause.callee.kind == "store" else f"{cause.callee.name} {cause.operation}"
    return f"loop: each {where} calls {called} {cause.factor:,.4g} times, at most {cause.most:,}"
