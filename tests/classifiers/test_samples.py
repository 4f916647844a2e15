import pytest

from classifiers import samples
from classifiers.samples import judge

EMAILS = [f"person{i}@example.org" for i in range(10)]


def test_a_column_takes_a_type_when_half_its_distinct_values_agree() -> None:
    shown = judge([*EMAILS, "n/a", "unknown"]).shown
    assert [(s.category, s.count, s.of) for s in shown] == [("user.contact.email", 10, 12)]
    assert judge([*EMAILS[:2], "n/a", "unknown", "-"]).shown == ()


def test_repeats_count_once() -> None:
    assert judge(["ada@example.org"] * 100 + ["n/a", "none", "-"]).shown == ()


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (["0", "1"], "are flags"),
        ([str(1_700_000_000 + i * 977) for i in range(9)], "are clock readings"),
        ([str(100_000_000 + i) for i in range(9)], "count up like generated keys"),
        ([f"{i:08x}-e29b-41d4-a716-446655440000" for i in range(5)], "are UUIDs"),
        (["4006381333931", "9780306406157"], "are article numbers"),
    ],
)
def test_decoys_come_first(values: list[str], says: str) -> None:
    sample = judge(values)
    assert sample.shown == ()
    assert sample.harmless is not None
    assert sample.harmless.says == says


def test_personal_data_inside_free_text() -> None:
    texts = [f"Visitor number {i} liked the garden a lot" for i in range(8)] + [
        "Please write to ada@example.org when ready"
    ]
    sample = judge(texts)
    assert sample.wordy
    assert [(s.category, s.count) for s in sample.shown] == [("user.contact.email", 1)]


def test_presidio_sees_only_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def spy(text: str, words: object) -> frozenset[str]:
        seen.append(text)
        return frozenset()

    monkeypatch.setattr(samples.presidio, "recognise", spy)
    judge([f"A{i * 7919:07d}" for i in range(400)])
    assert len(seen) == 40


def test_nothing_to_judge() -> None:
    assert judge([]) == judge(["", "  "]) == samples.Sample()
