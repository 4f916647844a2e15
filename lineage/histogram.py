"""Histograms that add up: OpenTelemetry's exponential histogram, at one fixed scale.

Bucket `i` counts the values in (2^(i/8), 2^((i+1)/8)], so a value that a histogram tells is at most 4.4 % from the true
one (`ERROR`). Values are whole numbers (nanoseconds, calls): those up to 14 have a bucket each, and are told exactly.
Source: OpenTelemetry metrics data model, ExponentialHistogram, scale 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil, floor, log2

STEPS = 8  # buckets for each doubling: 2 to the power of the scale
ERROR = (2 ** (1 / STEPS) - 1) / (2 ** (1 / STEPS) + 1)
_LAST = 512 * STEPS  # far above any whole number counted here; a float holds it


@dataclass(frozen=True, slots=True)
class Histogram:
    """Whole numbers, counted: `counts[n]` lie in bucket `offset + n`, `zeros` were 0. `total` is their sum, exactly,
    and `most` the largest, exactly."""

    zeros: int = 0
    offset: int = 0
    counts: tuple[int, ...] = ()
    total: int = 0
    most: int = 0

    @property
    def count(self) -> int:
        """How many values there are."""
        return self.zeros + sum(self.counts)

    @property
    def mean(self) -> float:
        """Their mean, exactly; 0 of no values."""
        return self.total / self.count if self.count else 0.0

    def quantile(self, share: float) -> float:
        """The smallest value that at least `share` (0..1) of the values do not exceed (nearest rank), give or take
        `ERROR`; 0 of no values."""
        rank = max(ceil(share * self.count - 1e-9), 1)
        if rank >= self.count:
            return float(self.most)
        passed = self.zeros
        if passed >= rank:
            return 0.0
        for bucket, count in enumerate(self.counts, self.offset):
            passed += count
            if passed >= rank:
                return min(_middle(bucket), self.most)
        return float(self.most)


EMPTY = Histogram()


def bucket_of(value: int) -> int:
    """The bucket of a value above 0."""
    return ceil(log2(value) * STEPS) - 1


def histogram(buckets: Mapping[int, int], zeros: int, total: int, most: int) -> Histogram:
    """A histogram from counts by bucket."""
    held = [bucket for bucket, count in buckets.items() if count]
    if not held:
        return Histogram(zeros, 0, (), total, most)
    first = min(held)
    counts = [0] * (max(held) - first + 1)
    for bucket in held:
        counts[bucket - first] = buckets[bucket]
    return Histogram(zeros, first, tuple(counts), total, most)


def histogram_of(values: Iterable[int]) -> Histogram:
    """A histogram of values; one below 0 counts as 0."""
    buckets: dict[int, int] = {}
    zeros = total = most = 0
    for value in values:
        if value <= 0:
            zeros += 1
            continue
        bucket = bucket_of(value)
        buckets[bucket] = buckets.get(bucket, 0) + 1
        total, most = total + value, max(most, value)
    return histogram(buckets, zeros, total, most)


def merged(histograms: Iterable[Histogram]) -> Histogram:
    """The histogram of all their values together, exactly, in any order and any grouping."""
    buckets: dict[int, int] = {}
    zeros = total = most = 0
    for one in histograms:
        for bucket, count in enumerate(one.counts, one.offset):
            buckets[bucket] = buckets.get(bucket, 0) + count
        zeros, total, most = zeros + one.zeros, total + one.total, max(most, one.most)
    return histogram(buckets, zeros, total, most)


def _middle(bucket: int) -> float:
    """What is nearest, in proportion, to both the smallest and the largest whole number of a bucket."""
    bucket = min(bucket, _LAST)
    least, largest = floor(2 ** (bucket / STEPS)) + 1, floor(2 ** ((bucket + 1) / STEPS))
    return 2 / (1 / least + 1 / max(largest, least))
