import pytest

from classifiers.days import births, year


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1984-02-29", 1984), ("29.02.1984", 1984), ("02/29/1984", 1984), ("1984-02-29T00:00:00Z", 1984),
        ("1984-02-29 13:45:00", None), ("1984-13-40", None), ("1984", None), ("", None),
    ],
)  # fmt: skip
def test_year_of_a_day(text: str, expected: int | None) -> None:
    assert year(text) == expected


def test_birth_dates_are_spread_over_decades() -> None:
    days = [f"{1940 + place * 7}-05-{10 + place}" for place in range(9)]
    assert births([*days, "unclear"]) == 9
    assert births([f"20{20 + place}-05-10" for place in range(6)]) == 0
    assert births(days[:4]) == 0
    assert births([]) == 0
