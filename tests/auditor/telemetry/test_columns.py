"""Reading in columns gives what reading span by span gives: of anything, and of damaged bytes too."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from auditor.telemetry import effects, otlp_arrow, pair_effects
from auditor.telemetry.effects import Around, effect_of
from auditor.telemetry.signatures import Interned
from auditor.telemetry.stand_ins import without_short_numbers
from tests.support.otlp import protobuf, request, span
from tests.support.otlp_strategies import pairs, spans
from tests.support.protobuf import in_columns, requests_in, span_by_span

CLINIC = Path("examples/clinic/capture/traces.otlp.pb.gz")


@pytest.fixture(scope="module", autouse=True)
def few_are_many() -> Iterator[None]:
    """Few pairs are read in columns too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pair_effects, "_MANY_PAIRS", 1)
        patch.setattr(pair_effects, "_MANY_STATEMENTS", 1)
        yield


@settings(
    max_examples=150, deadline=None, report_multiple_bugs=False, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)
@given(st.lists(st.lists(spans(), max_size=8), min_size=1, max_size=4), pairs)
def test_columns_give_what_single_spans_give(made: list[list[dict[str, Any]]], resource: dict[str, Any]) -> None:
    encoded = [
        (f"byte {number}", protobuf(request(*batch, resource=resource | {"service.name": "shop"})))
        for number, batch in enumerate(made)
    ]
    assert in_columns(encoded) == span_by_span(encoded)


def test_the_bundled_capture_is_read_alike_either_way() -> None:
    requests = requests_in(CLINIC)
    assert in_columns(requests) == span_by_span(requests)


@pytest.mark.parametrize(
    "name", ["bank-of-anthos", "django-oscar", "django-oscar-truncated", "django-oscar-sqlcommenter"]
)
def test_captures_are_read_alike_either_way(shared: Path, name: str) -> None:
    requests = requests_in(shared / "captures" / name / "traces.otlp.pb.gz")
    assert in_columns(requests) == span_by_span(requests)


def test_damaged_bytes_cost_no_more_than_their_request() -> None:
    """Neither crash nor hang; and what is read of mutated requests is what the official library reads of them."""
    chance = random.Random(3)
    whole = [(where, data[:4000]) if n % 3 else (where, data) for n, (where, data) in enumerate(requests_in(CLINIC))]
    small = [request for request in whole if len(request[1]) < 60_000][:6]
    for _ in range(400):
        where, data = chance.choice(small)
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(damaged))
            match chance.randrange(3):
                case 0:
                    damaged[at] = chance.randrange(256)
                case 1:
                    del damaged[at : at + chance.randint(1, 9)]
                case _:
                    damaged[at:at] = chance.randbytes(chance.randint(1, 9))
        requests = [(where, bytes(damaged))]
        assert in_columns(requests) == span_by_span(requests)


def test_without_ptars_the_official_library_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ImportError

    requests = requests_in(CLINIC)
    expected = in_columns(requests)
    monkeypatch.setattr(otlp_arrow, "_requests", missing)
    assert in_columns(requests) == expected


LENGTH_BEYOND_ALL = b"\x0a" + b"\xff" * 9 + b"\x01"  # 2 ** 64 - 1 bytes are said to follow


def test_a_length_that_overflows_is_a_damaged_request() -> None:
    good = protobuf(request(span(1, "server", "GET /a")))
    rows, faults = in_columns([("first", LENGTH_BEYOND_ALL), ("second", good)])
    assert (rows, faults) == span_by_span([("first", LENGTH_BEYOND_ALL), ("second", good)])
    assert [where for where, _ in faults] == ["first"]


def test_short_numbers_in_urls_make_no_difference() -> None:
    """What is said to be alike is: every number of up to four digits, and many longer ones."""
    numbers = [*range(1, 10_000), *range(10_000, 1_000_000, 397)]
    for key, form in (("url.path", "/orders/{}/x"), ("url.query", "id={}&q=2"), ("url.full", "http://h/{}?id={}")):
        texts = [form.format(number, number) for number in numbers]
        stand_ins = set(without_short_numbers(pa.array(texts, pa.string())).to_pylist())
        assert len(stand_ins) == 1
        found = {effect_of(key, text, text, Around()) for text in (*texts, *stand_ins)}
        assert len(found) == 1
    kept = ["http://12/x", "/a/1234567", "id=012", "/u/12%40", "/12@3/4"]
    assert without_short_numbers(pa.array(kept, pa.string())).to_pylist() == kept


def test_equal_numbers_of_different_types_are_told_apart() -> None:
    known = Interned()
    assert known.number(("value", "k", ("bool_value", True))) != known.number(("value", "k", ("int_value", 1)))
    assert effects.counts_for_nothing("thread.id")
    assert not effects.counts_for_nothing("http.status_code")
