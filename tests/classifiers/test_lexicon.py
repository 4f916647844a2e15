import gzip
import json
from pathlib import Path

import pytest

from classifiers.rules import lexicon
from classifiers.taxonomy import CATEGORIES

SETS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "fields"
RULES = {rule for rules in lexicon().phrases.values() for rule in rules}


def test_every_category_of_the_lexicon_is_in_the_taxonomy() -> None:
    assert {rule.category for rule in RULES} <= set(CATEGORIES)


def test_every_rule_is_well_formed() -> None:
    families = set(lexicon().types)
    known = (
        {kind for kinds in lexicon().kinds.values() for kind in kinds} | {rule.signals for rule in RULES} | {"unplaced"}
    )
    for rule in RULES:
        assert rule.means
        assert 0.4 <= rule.confidence <= 1
        assert rule.types
        assert rule.types <= families
        assert rule.needs <= known, rule.category
        assert rule.not_of <= known


def test_every_word_is_written_apart() -> None:
    """A glued phrase (`firstname`) would enter the vocabulary as one word, and hide the two."""
    split = lexicon().segmenter.words
    for glued in (
        "first name",
        "last name",
        "user name",
        "full name",
        "zip code",
        "user id",
        "account id",
        "pass hash",
        "user agent",
    ):
        assert split(glued.replace(" ", "")) == tuple(glued.split())


def test_critical_categories_have_words() -> None:
    spoken = {rule.category for rule in RULES}
    for key in (
        "user.health_and_medical",
        "user.financial.credit_card",
        "user.government_id.passport_number",
        "user.demographic.religious_belief",
        "user.biometric",
        "user.criminal_history",
    ):
        assert key in spoken


@pytest.mark.parametrize("name", ["fides_saas", "moodle", "gdprdump_magento1"])
def test_no_product_or_table_of_a_measured_set_is_a_phrase(name: str) -> None:
    """A lexicon that knows the sets it is measured on would tell nothing of others."""
    path = SETS / f"{name}.jsonl.gz"
    if not path.exists():
        pytest.skip(f"the shared data (../shared/data/fields/{path.name}) is not here")
    with gzip.open(path, "rt") as lines:
        tables = {json.loads(line)["table"] for line in lines}
    products = {table.partition(".")[0] for table in tables if "." in table}
    words = {word for phrase in lexicon().phrases for word in phrase}
    assert not (products - {"segment"}) & words  # a common word, too
    split = lexicon().segmenter.words
    assert not {table for table in tables if len(split(table)) > 2 and split(table) in lexicon().phrases}
