import pytest

from classifiers.phones import is_digits, is_phone


@pytest.mark.parametrize(
    "text",
    ["+1 212 555 0123", "+49(0)8377835337", "(212) 555-0123", "212.555.0123x412", "020 7946 0958", "06 12 34 56 78"],
)
def test_phone_numbers(text: str) -> None:
    assert is_phone(text)


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-04", "04.03.2025", "03/04/2025", "123-45-6789", "10.12.200.7", "12.345678", "-12.34567",
        "4111 1111 1111 1111",
        "529.982.247-25", "04999-622", "2125550123", "1700000000000", "", "+", "phone",
    ],
)  # fmt: skip
def test_other_digits(text: str) -> None:
    assert not is_phone(text)


def test_bare_digits_need_company() -> None:
    assert is_digits("2125550123")
    assert not is_digits("123456")
    assert not is_digits("2025-03-04")
