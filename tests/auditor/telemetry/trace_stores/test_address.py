"""URLs of stores of traces, and what is asked of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import InputError, UsageProblem
from auditor.period import Period, read_period
from auditor.telemetry.trace_stores.address import is_store_url, read_address
from auditor.telemetry.trace_stores.question import question_of

NOW = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
SECRET = "s3cr3t-Quillfeather"


@pytest.mark.parametrize(
    ("url", "shown", "asked"),
    [
        ("clickhouse://h", "clickhouse://h:8123/default/otel_traces", "http://h:8123"),
        ("clickhouse+https://h/otel?table=t", "clickhouse+https://h:8443/otel/t", "https://h:8443/otel"),
        ("jaeger+http://h/base/", "jaeger+http://h:16686/base", "http://h:16686/base"),
        ("JAEGER+HTTPS://h", "jaeger+https://h:443", "https://h:443"),
        ("tempo+http://[::1]:3200", "tempo+http://[::1]:3200", "http://[::1]:3200"),
        ("tempo+https://h:1/tempo?limit=9&tenant=x", "tempo+https://h:1/tempo", "https://h:1/tempo"),
    ],
)
def test_addresses(url: str, shown: str, asked: str) -> None:
    address = read_address(url, {})
    assert is_store_url(url)
    assert (address.shown, address.url) == (shown, asked)


def test_who_asks_is_told_by_the_url_or_the_environment() -> None:
    environment = {"AUDITOR_TRACES_USER": "u", "AUDITOR_TRACES_PASSWORD": "p", "AUDITOR_TRACES_TOKEN": "t"}
    environment |= {"AUDITOR_TRACES_TENANT": "house"}
    address = read_address("tempo+http://ann:p%40ss@h", environment)
    assert (address.user, address.password, address.token, address.tenant) == ("ann", "p@ss", None, "house")
    address = read_address("tempo+http://h?tenant=garden", environment)
    assert (address.user, address.password, address.token, address.tenant) == ("u", "p", "t", "garden")


@pytest.mark.parametrize(
    "url",
    [
        "jaeger://h",
        "tempo+ftp://h",
        "jaeger+http://",
        "jaeger+http://h:port",
        "jaeger+http://h:99999",
        "jaeger+http://h#x",
        "jaeger+http://a b/",
        "jaeger+http://h?limit=0",
        "jaeger+http://h?limit=many",
        "jaeger+http://h?table=t",
        f"clickhouse://u:{SECRET}@x@h",
        f"clickhouse://u:{SECRET}@h?password={SECRET}",
        "tempo+http://h?tenant=a%0d%0ab",
    ],
)
def test_urls_that_cannot_be_used_are_refused_without_a_quote(url: str) -> None:
    with pytest.raises(InputError) as told:
        read_address(url, {})
    assert SECRET not in str(told.value)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for scheme in ("clickhouse://", "jaeger+http://", "tempo+https://"):
        try:
            address = read_address(scheme + text, {})
        except InputError:
            continue
        assert not address.password or address.password not in repr(address)


@pytest.mark.parametrize(
    ("start", "end", "begins", "ends"),
    [
        (None, None, "2026-02-02T04:05:06", "2026-02-03T04:05:06"),
        ("90m", None, "2026-02-03T02:35:06", "2026-02-03T04:05:06"),
        ("2026-01-31", "2026-02-01T00:00:00+02:00", "2026-01-31T00:00:00", "2026-01-31T22:00:00"),
        (None, "2026-01-31", "2026-01-30T00:00:00", "2026-01-31T00:00:00"),
        ("2026-01-31", "9999-12-31", "2026-01-31T00:00:00", "2116-02-20T23:53:38.427387"),
    ],
)
def test_periods(start: str | None, end: str | None, begins: str, ends: str) -> None:
    question = question_of(read_period(start, end, NOW), ("b", "a", "b"), NOW)
    assert question.shown.replace(".000000", "") == f"from {begins}+00:00 to {ends}+00:00 of a, b"


@pytest.mark.parametrize(
    ("start", "end"), [("yesterday", None), ("5y", None), ("2026-13-01", None), ("1h", "2h"), ("1h", "1h")]
)
def test_periods_that_are_none(start: str | None, end: str | None) -> None:
    with pytest.raises(UsageProblem, match="--from"):
        read_period(start, end, NOW)


def test_a_period_that_begins_in_the_future() -> None:
    with pytest.raises(UsageProblem, match="--to, which is now"):
        question_of(Period(start=2**62), (), NOW)
