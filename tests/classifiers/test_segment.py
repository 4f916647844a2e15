import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.rules import lexicon
from classifiers.segment import Segmenter, chunks

VOCABULARY = frozenset(
    "user name id first last pass word pass hash created by address line note status acid level".split()
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("firstName", ("first", "name")),
        ("FIRST_NAME", ("first", "name")),
        ("first-name", ("first", "name")),
        ("userIDs", ("user", "id")),
        ("IDNumber", ("id", "number")),
        ("addressLine2", ("address", "line", "2")),
        ("straßen_name", ("strassen", "name")),
        ("prénom", ("prenom",)),
        ("", ()),
        ("__", ()),
    ],
)
def test_chunks_follow_the_marks_of_the_writer(name: str, expected: tuple[str, ...]) -> None:
    assert chunks(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("userid", ("user", "id")),
        ("usernames", ("user", "name")),
        ("tiuserid", ("ti", "user", "id")),
        ("notes", ("note",)),
        ("status", ("status",)),
        ("acidlevel", ("acid", "level")),
        ("therapist", ("therapist",)),  # not split: the vocabulary does not explain it
        ("xyzzyid", ("xyzzyid",)),
    ],
)
def test_glued_words_are_split_only_when_the_vocabulary_explains_them(name: str, expected: tuple[str, ...]) -> None:
    assert Segmenter(VOCABULARY).words(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("usermodified", ("user", "modified")),
        ("firstnamephonetic", ("first", "name", "phonetic")),
        ("passhash", ("pass", "hash")),
        ("lastip", ("last", "ip")),
        ("graceperiod", ("grace", "period")),
        ("cc_emails", ("cc", "email")),
    ],
)
def test_the_real_vocabulary(name: str, expected: tuple[str, ...]) -> None:
    assert lexicon().segmenter.words(name) == expected


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_lower_case_ascii_words_that_are_parts_of_it(name: str) -> None:
    words = Segmenter(VOCABULARY).words(name)
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in words)
    assert sum(map(len, words)) <= len("".join(chunks(name)))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(sorted(VOCABULARY)), min_size=1, max_size=4))
def test_snake_camel_and_kebab_agree(words: list[str]) -> None:
    split = Segmenter(VOCABULARY).words
    camel = words[0] + "".join(word.capitalize() for word in words[1:])
    assert split("_".join(words)) == split("-".join(words)) == split(camel) == tuple(words)
