from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.classify import classify, classify_key
from classifiers.model import Field

EMAILS = [f"person{i}@example.org" for i in range(10)]


def test_agreement_raises_confidence_and_keeps_both_sentences() -> None:
    alone = classify(Field("email", "users"))[0]
    label = classify(Field("email", "users"), EMAILS)[0]
    assert label.confidence > alone.confidence
    assert label.evidence == (
        "the name's words 'email' mean e-mail address",
        "10 of 10 distinct values have the form of an e-mail address",
    )


def test_values_speak_without_a_name() -> None:
    label = classify(Field("c7", "t"), EMAILS)[0]
    assert (label.category, label.facet) == ("user.contact.email", "personal")
    assert 0.8 < label.confidence < 0.9


def test_few_values_say_less() -> None:
    assert classify(Field("c7", "t"), EMAILS[:1])[0].confidence < classify(Field("c7", "t"), EMAILS)[0].confidence


def test_plain_flags_take_back_what_the_name_claimed() -> None:
    assert classify(Field("email", "users"), ["0", "1"]) == ()


def test_hashes_do_not_speak_against_a_secret() -> None:
    hashes = ["$2b$12$" + letter * 53 for letter in "abcdef"]
    assert classify(Field("password", "users"), hashes) == classify(Field("password", "users"))


def test_values_that_are_plainly_something_else_lower_the_names_claim() -> None:
    labels = {label.category: label for label in classify(Field("username", "users"), EMAILS)}
    assert labels["user.contact.email"].confidence > labels["user.account.username"].confidence
    assert len(labels["user.account.username"].evidence) == 2


def test_best_first() -> None:
    labels = classify(Field("username", "users"), EMAILS)
    assert [label.confidence for label in labels] == sorted((label.confidence for label in labels), reverse=True)


@settings(max_examples=40, deadline=None)
@given(
    st.text(max_size=30),
    st.one_of(st.none(), st.text(max_size=20)),
    st.one_of(st.none(), st.text(max_size=20)),
    st.lists(
        st.from_regex(
            r"canary[a-z]{6}@example\.org|canary[a-z]{9}|canary [a-z]{5} [a-z]{5} [a-z]{9} x", fullmatch=True
        ),
        max_size=6,
    ),
)
def test_no_value_survives_and_nothing_raises(
    name: str, parent: str | None, type_: str | None, values: list[str]
) -> None:
    for label in classify(Field(name, parent, type_), values):
        assert 0 < label.confidence <= 1
        assert label.evidence
        assert not any(value in sentence for value in values for sentence in label.evidence)


def test_keys_may_be_abbreviated() -> None:
    assert [classify_key(key)[0].category for key in ("acct", "pwd", "dob")] == [
        "user.financial.bank_account",
        "user.authorization.password",
        "user.demographic.date_of_birth",
    ]
    assert classify_key("id", "patients")[0].facet == "identifier"
    assert classify_key("user", "reports")[0].facet == classify_key("owner_id", "carts")[0].facet == "identifier"
    assert classify_key("q") == classify_key("page") == classify_key("limit") == ()
