"""How many spans a sampled span stands for."""

from __future__ import annotations

import re

_DIGITS = 14  # of the 56-bit threshold
_WHOLE = 1 << 56
_THRESHOLD = re.compile(r"(?:^|;)th:([0-9a-f]{1,14})(?:;|$)")
_EXPONENT = re.compile(r"(?:^|;)p:(\d{1,2})(?:;|$)")


def weight_of(trace_state: str) -> float | None:
    """The adjusted count from W3C `tracestate`: `ot=th:<hex>` (2^56 over 2^56 - T), or the older `ot=p:<n>` (2^n).

    None when nothing is stated, which is not the same as 1. Source: OpenTelemetry "Probability Sampling in TraceState".
    """
    if "ot=" not in trace_state:
        return None
    for member in trace_state.split(","):
        vendor, _, value = member.strip().partition("=")
        if vendor != "ot":
            continue
        if match := _THRESHOLD.search(value):
            return _WHOLE / (_WHOLE - int(match[1].ljust(_DIGITS, "0"), 16))
        if match := _EXPONENT.search(value):
            exponent = int(match[1])
            return float(1 << exponent) if exponent < 63 else 0.0
    return None


def weight_of_probability(probability: float | None) -> float | None:
    """The adjusted count of a span kept with this probability; None when it is no probability."""
    return 1 / probability if probability is not None and 0 < probability <= 1 else None
