import pytest

from classifiers.decoys import column_decoy, decoy, is_sequence


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("550e8400-e29b-41d4-a716-446655440000", "UUIDs"),
        ("5b8efff798038103d269b633813fc60c", "hashes"),
        ("$2b$12$" + "a" * 53, "hashes"),
        ("1700000000", "clock readings"),
        ("1700000000000", "clock readings"),
        ("2024-05-01 12:30:00", "points in time"),
        ("1.20.3", "versions"),
        ("true", "flags"),
        ("N", "flags"),
        ("93.184.216.34", None),
        ("2125550123", None),
        ("ada@example.org", None),
        ("1984-02-29", None),  # may be a birth date
        ("29.02.1984", None),  # no version
        ("", None),
    ],
)
def test_decoys(value: str, kind: str | None) -> None:
    assert decoy(value) == kind


def test_sequences() -> None:
    assert is_sequence(["1001", "1002", "1004"])
    assert not is_sequence(["1001", "8002", "5004"])
    assert not is_sequence(["1", "2"])
    assert not is_sequence(["1", "2", "x"])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["4006381333931", "9780306406157", "978-3-16-148410-0"], ("article numbers", 3)),
        (["0306406152", "316148410X", "0-19-852663-6"], ("book numbers", 3)),
        (["021000021", "011401533", "091000019"], ("routing numbers of banks", 3)),
        (["1.12.0.3", "2.4.17.201", "2.5.0.77"], ("versions", 3)),
        (["10.0.3.4", "10.1.0.9", "10.0.0.77"], None),  # a private network
        (["93.184.216.34", "151.101.1.69", "8.8.8.8"], None),
        (["4006381333931", "4006381333932", "4006381333933"], None),  # wrong check digits
        (["4006381333931"], None),  # one may pass by luck
        ([], None),
    ],
)
def test_decoys_of_columns(values: list[str], expected: tuple[str, int] | None) -> None:
    assert column_decoy(values) == expected
