import pytest

from classifiers.decoys import decoy, is_sequence


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("550e8400-e29b-41d4-a716-446655440000", "UUIDs"),
        ("5b8efff798038103d269b633813fc60c", "hashes"),
        ("$2b$12$" + "a" * 53, "hashes"),
        ("1700000000", "clock readings"),
        ("1700000000000", "clock readings"),
        ("2024-05-01 12:30:00", "points in time"),
        ("4006381333931", "article numbers"),
        ("1.20.3", "versions"),
        ("true", "flags"),
        ("N", "flags"),
        ("93.184.216.34", None),
        ("2125550123", None),
        ("ada@example.org", None),
        ("1984-02-29", None),  # may be a birth date
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
