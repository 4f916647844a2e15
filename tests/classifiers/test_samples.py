import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers import samples
from classifiers.samples import judge
from classifiers.tools import Tools

EMAILS = [f"person{i}@example.org" for i in range(10)]


def test_a_column_takes_a_type_when_half_its_distinct_values_agree() -> None:
    shown = judge([*EMAILS, "a word", "another"]).shown
    assert [(s.category, s.count, s.of) for s in shown] == [("user.contact.email", 10, 12)]
    assert judge([*EMAILS[:2], "a word", "another", "third"]).shown == ()


def test_repeats_count_once() -> None:
    assert judge(["ada@example.org"] * 100 + ["one", "two"]).shown == ()


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
    assert len(seen) == 20


def test_nothing_to_judge() -> None:
    assert judge([]) == judge(["", "  "]) == samples.Sample()


def test_fillers_have_no_vote() -> None:
    shown = judge([*EMAILS[:3], "N/A", "null", "-", "test", "TODO", "unknown", ""]).shown
    assert [(s.count, s.of) for s in shown] == [(3, 3)]


GIVEN = ["Anna", "Thomas", "Zbigniew", "Julie", "Mateusz", "Xaver", "Lotte", "Pilar", "Rui", "Tiago"]


@pytest.mark.parametrize(
    ("values", "category"),
    [
        (GIVEN, "user.name.first"),
        (["Kowalski", "Fischer", "van Dijk", "Moreau", "Sandgren", "O'Brien", "Nunes"], "user.name.last"),
        ([f"{name} Vestergaard" for name in GIVEN], "user.name"),
        (["Berlin", "Porto Alegre", "North Fork", "Ludwigshausen", "Ede", "Siena"], "user.contact.address.city"),
        (["Nurse", "Ingenieur", "Civil engineer", "Profesora", "Zookeeper", "Avocat"], "user.job_title"),
        (["M", "F"], "user.demographic.gender"),
        (["married", "single", "widowed", "divo"], "user.demographic.marital_status"),
        (["Muslim", "Catholic", "Hindu", "Jewish"], "user.demographic.religious_belief"),
        (["12 Mill Lane", "7 Oak Avenue", "118 High Street"], "user.contact.address.street"),
        (["Hauptstr. 5", "Lindenallee 17", "Am Ring 3"], "user.contact.address.street"),
        (["4 rue du Lac, 69002 Lyon", "18 avenue Foch, 75016 Paris"], "user.contact.address"),
        (["1948-04-01", "1967-12-24", "1979-07-07", "1988-02-03", "1999-10-10"], "user.demographic.date_of_birth"),
        (["356938035643809", "490154203237518", "353879234252633", "012345678901237"], "user.device.device_id"),
        (["943 476 5919", "401 023 2137", "943 476 5870", "450 557 7104"], "user.health_and_medical.record_id"),
        (
            ["1HGCM82633A004352", "1M8GDM9AXKP042788", "5YJSA1E26HF000337", "JH4KA7660MC000001"],
            "user.government_id.vehicle_registration",
        ),
        (["0x" + "9f" * 20, "0x" + "1c" * 20], "user.financial.bank_account"),
        (["J45.9", "E11.65", "I10", "M54.5", "F32.1"], "user.health_and_medical"),
        (["K1A 0B1", "M5V 3L9", "V6B 4Y8", "H2X 1Y4"], "user.contact.address.postal_code"),
        (["annakowalski7", "t.fischer", "moreau_julie", "zed1979"], "user.account.username"),
        (["020 7946 0958", "+49 30 901820", "0161 496 0000", "2079460958"], "user.contact.phone_number"),
    ],
)
def test_what_values_show(values: list[str], category: str) -> None:
    assert [shown.category for shown in judge(values).shown] == [category]


@pytest.mark.parametrize(
    "values",
    [
        ["Rustic Chair", "Smart Lamp", "Compact Desk", "Deluxe Mouse"],
        ["Red", "Olive", "Amber", "Violet", "Navy", "Rose", "Hazel", "Gold", "Teal", "Lime"],
        ["Monday", "Tuesday", "Friday"],
        ["January", "April", "May", "June", "August"],
        ["pending", "active", "closed"],
        ["INFO", "WARN", "ERROR"],
        ["2024-05-01", "2025-02-11", "2023-09-30", "2026-01-15", "2024-12-24"],
        ["4155550123", "9207183645", "3311098724", "7720156483"],
        ["52.5200,13.4050", "48.8566,2.3522"],
        ["ABC-1234-S", "KLM-220-L", "XYZ-9-M"],
        ["12345", "90210", "10115"],
        ["Europe/Berlin", "Asia/Tokyo", "UTC"],
        ["/var/log/a.log", "/srv/b.txt"],
        ["$1,234.50", "€99.00"],
        ["https://cdn.example.com/a.png", "https://cdn.example.com/b.png"],
        ["#ff0000", "#00ff7f"],
    ],
)
def test_silence(values: list[str]) -> None:
    assert judge(values).shown == ()


def test_the_name_makes_weak_shapes_tell() -> None:
    digits, places = ["4155550123", "9207183645"], ["52.5200,13.4050", "48.8566,2.3522"]
    assert [shown.category for shown in judge(digits, ["phone"]).shown] == ["user.contact.phone_number"]
    assert [shown.category for shown in judge(places, ["location"]).shown] == ["user.location.precise"]


def test_regions_say_how_phone_numbers_may_be_written() -> None:
    numbers = ["0161 496 0000", "020 7946 0958", "0117 496 0123"]
    assert judge(numbers, tools=Tools(regions=("GB",))).shown
    assert not judge(numbers, tools=Tools(regions=("US",))).shown


VALUES = st.one_of(
    st.text(max_size=40),
    st.from_regex(r"[0-9A-Z .,/+()\-]{1,40}", fullmatch=True),
    st.text("0123456789.-", max_size=20),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(VALUES, max_size=12), st.lists(st.sampled_from(["phone", "location", "c7"]), max_size=2))
def test_any_values_are_judged_and_none_is_told(values: list[str], words: list[str]) -> None:
    sample = judge(values, words)
    for shown in sample.shown:
        assert 0 < shown.count <= shown.of == sample.of or shown.of <= sample.of
        assert 0 < shown.share <= 1
        assert 0 < shown.strength <= 1
