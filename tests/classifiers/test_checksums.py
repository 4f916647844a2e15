import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.checksums import is_article_number, is_card, is_iban, is_us_tax_number, luhn


def test_cards_of_known_issuers() -> None:
    for number in (
        "4111111111111111",
        "5500 0055 5555 5559",
        "3400-000000-00009",
        "6011000000000004",
        "36000000000008",
    ):
        assert is_card(number), number


@pytest.mark.parametrize(
    "number",
    ["4111111111111112", "1111111111111117", "411111111111111", "0000000000000000", "", "-", "41111111111١1111"],
)
def test_not_a_card(number: str) -> None:
    assert not is_card(number)


@settings(max_examples=50)
@given(st.text("0123456789", min_size=14, max_size=14))
def test_changing_one_digit_breaks_the_check(digits: str) -> None:
    body = "4" + digits
    number = next(body + check for check in "0123456789" if luhn(body + check))
    assert is_card(number) == (len(set(number)) > 1)
    changed = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert not is_card(changed)


def test_ibans() -> None:
    assert is_iban("DE89370400440532013000")
    assert is_iban("GB82 WEST 1234 5698 7654 32")
    for wrong in (
        "DE88370400440532013000",
        "DE8937040044053201300",
        "ZZ89370400440532013000",
        "de89370400440532013000",
        "",
    ):
        assert not is_iban(wrong), wrong


def test_article_numbers() -> None:
    assert is_article_number("4006381333931")
    assert not is_article_number("4006381333930")


@pytest.mark.parametrize(
    ("text", "issued"),
    [
        ("457-55-5462", True),
        ("000-12-3456", False),
        ("666-12-3456", False),
        ("123-00-4567", False),
        ("123-45-0000", False),
        ("987-65-4321", True),  # an ITIN's group
        ("987-12-4321", False),
        ("987-93-4321", False),
    ],
)
def test_us_tax_numbers(text: str, issued: bool) -> None:
    assert is_us_tax_number(text) is issued
