"""What gets through the payload schema of an exchange."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lineage.contracts import DECLARED, OBSERVED, POSSIBLE, Carries, Item, Leaf, passed, related

EMAIL, NAME, FIRST = "user.contact.email", "user.name", "user.name.first"
HELD = {Item(EMAIL, "db/users.email"): OBSERVED, Item(NAME, "db/users.name"): OBSERVED}


def test_without_a_schema_everything_is_possible() -> None:
    assert {how.level for how in passed(HELD, None).values()} == {POSSIBLE}


def test_a_schema_lets_through_what_it_declares() -> None:
    found = passed(HELD, Carries((Leaf(EMAIL, "contact.email"),)))
    assert {item: how.level for item, how in found.items()} == {Item(EMAIL, "db/users.email"): DECLARED}


def test_what_was_only_possibly_held_stays_possible() -> None:
    [how] = passed({Item(EMAIL): POSSIBLE}, Carries((Leaf(EMAIL, "email"),))).values()
    assert how.level == POSSIBLE


def test_the_more_exact_category_stands() -> None:
    assert list(passed({Item(NAME): OBSERVED}, Carries((Leaf(FIRST, "firstName"),)))) == [Item(FIRST)]
    assert list(passed({Item(FIRST): OBSERVED}, Carries((Leaf(NAME, "name"),)))) == [Item(FIRST)]


def test_the_column_of_the_same_name_counts_for_a_field() -> None:
    held = {Item(EMAIL, "db/users.payer_email"): OBSERVED, Item(EMAIL, "db/doctors.contact"): OBSERVED}
    assert list(passed(held, Carries((Leaf(EMAIL, "payerEmail"),)))) == [Item(EMAIL, "db/users.payer_email")]
    assert len(passed(held, Carries((Leaf(EMAIL, "to"),)))) == 2


def test_an_open_payload_may_carry_the_rest() -> None:
    found = passed(HELD, Carries((Leaf(EMAIL, "email"),), open=True))
    assert {item.category: how.level for item, how in found.items()} == {EMAIL: DECLARED, NAME: POSSIBLE}


CATEGORIES = st.sampled_from(
    ["user.name", "user.name.first", "user.contact.email", "user.authorization.password", "user"]
)
HANDS = st.dictionaries(
    st.builds(Item, CATEGORIES, st.sampled_from([None, "db/users.email", "db/users.name"])),
    st.sampled_from([OBSERVED, DECLARED, POSSIBLE]),
)
CARRIED = st.builds(
    Carries, st.lists(st.builds(Leaf, CATEGORIES, st.sampled_from(["email", "name", "x"]))).map(tuple), st.booleans()
)


@given(HANDS, CARRIED)
def test_the_schema_of_an_exchange_never_makes_anything_possible_over_it(
    hand: dict[Item, int], carries: Carries
) -> None:
    """It declares or rules out; what stays possible was possible without it."""
    without = passed(hand, None)
    for item, how in passed(hand, carries).items():
        if how.level == POSSIBLE:
            assert any(item.field == other.field and related(item.category, other.category) for other in without)
        else:
            assert any(item.field == held.field and related(item.category, held.category) for held in hand)
