import json
from pathlib import Path

import pytest

from classifiers.taxonomy import CATEGORIES, SENSITIVITIES, groups, is_within, sensitivity, title

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "fides_taxonomy.json"


def test_every_category_is_complete_and_has_its_parent() -> None:
    for key, category in CATEGORIES.items():
        assert category.key == key
        assert category.title
        assert category.sensitivity in SENSITIVITIES
        parent = key.rpartition(".")[0]
        assert not parent or parent in CATEGORIES


def test_a_child_is_never_less_than_its_law_demands() -> None:
    for key, category in CATEGORIES.items():
        if {"gdpr_special_category", "secret", "pci_cardholder"} & set(category.groups):
            assert category.sensitivity in ("critical", "high"), key


def test_unknown_keys_fall_back_to_their_nearest_parent() -> None:
    assert title("user.contact.email.work") == title("user.contact.email")
    assert sensitivity("user.contact.email.work") == "high"
    assert groups("user.health_and_medical.dental") == groups("user.health_and_medical")
    assert (title("weather"), sensitivity("weather"), groups("weather")) == ("weather", "moderate", ())


def test_within() -> None:
    assert is_within("user.contact.email", "user.contact")
    assert is_within("user.contact", "user.contact")
    assert not is_within("user.contacts", "user.contact")
    assert not is_within("user", "user.contact")


def test_keys_are_those_of_fideslang() -> None:
    if not SHARED.exists():
        pytest.skip("the shared data (../shared/data/fides_taxonomy.json) is not here")
    known = {row["fides_key"] for row in json.loads(SHARED.read_text())["data_category"]}
    assert set(CATEGORIES) == known
