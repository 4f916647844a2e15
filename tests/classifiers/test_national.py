import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers import national
from classifiers.national import KINDS, compact


def passes(text: str) -> set[str]:
    code = compact(text)
    return {what.rpartition("(")[2].rstrip(")") for form, check, what in KINDS if form.fullmatch(code) and check(code)}


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("12345678Z", "Spain"),
        ("X1234567L", "Spain"),
        ("RSSMRA85T10A562S", "Italy"),
        ("44051401359", "Poland"),
        ("529.982.247-25", "Brazil"),
        ("2 55 08 14 168 025 38", "France"),
        ("111222333", "Netherlands"),
        ("756.9217.0769.85", "Switzerland"),
        ("131052-308T", "Finland"),
        ("85.07.30-033 28", "Belgium"),
        ("86095742719", "Germany"),
        ("19900101-0017", "Sweden"),
        ("11010519491231002X", "China"),
        ("AB 12 34 56 C", "UK"),
        ("ABCPE1234F", "India"),
    ],
)
def test_numbers_with_right_check_digits(text: str, country: str) -> None:
    assert country in passes(text)


@pytest.mark.parametrize("text", ["12345678A", "44051401358", "529.982.247-24", "111222334", "131052-308U", "", "abc"])
def test_wrong_ones(text: str) -> None:
    assert passes(text) == set()


def test_nhs() -> None:
    assert national.nhs("9434765919")
    assert not national.nhs("9434765918")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KINDS), st.data())
def test_every_check_takes_every_number_of_its_form(kind: tuple, data: st.DataObject) -> None:  # type: ignore[type-arg]
    form, check, _ = kind
    code = data.draw(st.from_regex(form, fullmatch=True))
    assert check(code) in (True, False)
