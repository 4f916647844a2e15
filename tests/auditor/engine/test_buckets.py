"""Counted in buckets, through files, in any order and by any number of readers: the sum is the whole."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from auditor.engine.buckets import BUCKETS, Gathered, Part, bucket_of, groups, read_buckets
from auditor.engine.kernel import Limits, count_traces
from auditor.engine.local import count_spans
from auditor.errors import InputError
from auditor.telemetry.spans import LINK, SPAN, SpanBatch
from lineage.merge import total
from lineage.system import ChannelLink, SystemModel
from tests.support.spans import batch, span
from tests.support.traces import Rows, random_trace

PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
FEW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=PHASES)


def linked_traces(random: Random, count: int) -> Rows:
    """Traces of which consumers link to messages of others, and some spans come twice."""
    rows = [row for number in range(count) for row in random_trace(random, f"t{number}")]
    published = [row for row in rows if row["kind"] == "producer"]
    for row in rows:
        if row["kind"] == "consumer" and published:
            chosen = random.sample(published, min(len(published), random.randint(0, 3)))
            row["links"] = [{"trace_id": one["trace_id"], "span_id": one["span_id"]} for one in chosen] or None
    return rows + random.sample(rows, len(rows) // 10)


def in_buckets(batches: list[SpanBatch], most: int, at_once: int) -> SystemModel:
    with tempfile.TemporaryDirectory() as name:
        gathered = Gathered(Path(name), "x", most)
        for one in batches:
            gathered.add(one)
        gathered.write()
        return total(
            count_traces(
                read_buckets((part.spans for part in gathered.parts), buckets, SPAN),
                read_buckets((part.links for part in gathered.parts), buckets, LINK),
                gathered.rows(),
                Limits(Path(name)),
            )
            for buckets in groups(gathered.parts, 2, at_once)
        )


@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 60), st.sampled_from([60, 10_000]))
@FEW
def test_buckets_add_up_to_the_whole(seed: int, traces: int, most: int, at_once: int) -> None:
    random = Random(seed)
    rows = linked_traces(random, traces)
    whole = count_spans(batch(*rows))
    random.shuffle(rows)
    cut = random.randint(0, len(rows))
    readers = [*batch(*rows[:cut]), *batch(*rows[cut:])]  # each with rows of its own
    assert count_spans(readers) == whole
    assert in_buckets(readers, most, at_once) == whole


def test_a_link_counts_wherever_its_two_ends_lie() -> None:
    """One for each message: also where a consumer takes several at once, or is their child besides."""
    rows: Rows = []
    for number in range(20):
        trace = f"p{number}"
        rows.append(span("web", "1", trace_id=trace, kind="producer", channel="events"))
        linked = [{"trace_id": f"p{other}", "span_id": "1"} for other in (number, (number + 7) % 20)]
        rows.append(span("mail", "2", trace_id=f"c{number}", kind="consumer", channel="mailer", links=linked))
        rows.append(span("log", "3", "1", trace_id=trace, kind="consumer", channel="logger", links=linked[:1]))
    expected = (ChannelLink("events", "logger", 20), ChannelLink("events", "mailer", 40))
    assert in_buckets(batch(*rows), 10, 15).channel_links == expected
    assert count_spans(batch(*rows)).channel_links == expected


def test_traces_go_to_the_same_bucket_for_ever() -> None:
    """What is stored by bucket must be found again; and short ids spread as long ones do."""
    ids = np.arange(1, 100_001, dtype=np.int64)
    assert bucket_of(np.array([0, -1, 1 << 62]), np.array([1, -1, 5])).tolist() == [158, 65, 87]
    for high, low in ((ids * 0, ids), (ids, ids * 0), (ids, -ids)):
        assert np.bincount(bucket_of(high, low), minlength=BUCKETS).min() > 250


def test_want_of_room_is_told(tmp_path: Path) -> None:
    gathered = Gathered(tmp_path / "gone", "x")
    [one] = batch(span("web", "1"))
    gathered.add(one)
    with pytest.raises(InputError, match="TMPDIR"):
        gathered.write()
    tables = (pa.Table.from_batches([part]) for part in (one.spans, one.links, one.rows))
    with pytest.raises(InputError, match="not enough memory"):
        count_traces(*tables, Limits(tmp_path, 1, 300_000))


def _part(sizes: list[int]) -> Part:
    return Part(Path("spans"), Path("links"), tuple(sizes + [0] * (BUCKETS - len(sizes))))


@given(st.lists(st.integers(0, 50), max_size=BUCKETS), st.integers(1, 5), st.integers(1, 2_000))
@settings(deadline=None)
def test_groups_hold_every_bucket_once_and_about_as_many_spans(sizes: list[int], jobs: int, most: int) -> None:
    part = _part(sizes)
    found = groups([part, part], jobs, most)
    assert [bucket for buckets in found for bucket in buckets] == list(range(BUCKETS))
    spans = [2 * sum(part.sizes[bucket] for bucket in buckets) for buckets in found]
    assert max(spans) <= min(most, -(-sum(spans) // jobs)) + 2 * 50  # and one bucket more at most


def test_groups_are_as_many_as_share_them() -> None:
    assert [len(buckets) for buckets in groups([_part([10] * BUCKETS)], 4)] == [64, 64, 64, 64]
    assert groups([], 2) == [range(BUCKETS)]
