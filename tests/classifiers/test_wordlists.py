from classifiers.wordlists import fold, word_lists


def test_folding() -> None:
    assert fold("  Łódź  Straße ") == "lodz strasse"


def test_lists_hold_folded_words_only() -> None:
    lists = word_lists()
    for words in (lists.given, lists.family, lists.cities, lists.jobs, *lists.closed.values()):
        assert words
        assert all(word == fold(word) for word in words)


def test_given_names_are_no_colours_days_or_months() -> None:
    other = "amber hazel jade olive ruby rose violet crystal january april may june august sunday friday"
    assert not word_lists().given & set(other.split())
