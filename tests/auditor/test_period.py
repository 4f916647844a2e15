from __future__ import annotations

from datetime import UTC, datetime

import pytest

from auditor.errors import UsageProblem
from auditor.period import Period, read_period

NOW = datetime(2026, 1, 31, 9, 30, 15, tzinfo=UTC)
HOUR = 3_600 * 10**9
NINE = int(datetime(2026, 1, 31, 9, tzinfo=UTC).timestamp()) * 10**9


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (None, None),
        ("2026-01-31T09:00:00Z", NINE),
        ("2026-01-31T10:00:00+01:00", NINE),
        ("2026-01-31T09:00", NINE),
        ("2026-01-31T09:00:00.000001Z", NINE + 1_000),
        ("2026-01-31", NINE - 9 * HOUR),
        ("0h", NINE),
        ("24h", NINE - 24 * HOUR),
        ("7d", NINE - 7 * 24 * HOUR),
        ("2w", NINE - 14 * 24 * HOUR),
    ],
)
def test_times(text: str | None, start: int | None) -> None:
    assert read_period(text, None, NOW) == Period(start, None)


@pytest.mark.parametrize("text", ["", "today", "5", "5y", "-1h", "2026-02-30", "9999-12-31T23:59:59-14:00x"])
def test_what_is_no_time_is_told_without_being_quoted(text: str) -> None:
    with pytest.raises(UsageProblem, match=r"^--to: a time such as") as told:
        read_period(None, text, NOW)
    assert len(text) < 2 or text not in str(told.value)


def test_a_period_begins_before_it_ends() -> None:
    with pytest.raises(UsageProblem, match="--from must lie before --to"):
        read_period("2026-01-31", "2026-01-31", NOW)
