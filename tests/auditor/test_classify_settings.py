"""A team's own recognisers, phone regions, readings of the taxonomy, and `auditor classify` with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from auditor.classify import answers
from auditor.cli import app
from auditor.config import load_config
from auditor.errors import ConfigError
from classifiers.taxonomy import groups, nearest, read_as, sensitivity, title

RECOGNISERS = """
[classify]
categories = ["user.unique_id.loyalty"]
phone_regions = ["CH"]

[[recognisers]]
name = "loyalty card"
category = "user.unique_id.loyalty"
patterns = ["LC-[0-9]{6}"]

[[recognisers]]
name = "locker"
category = "user.location"
facet = "identifier"
patterns = ["[0-9]{3}"]
score = 0.2
context = ["locker"]

[[recognisers]]
name = "team mascot"
category = "user.account.username"
words = ["Otto Otter", "Bella Beaver"]
"""
CARDS = [f"LC-{number:06d}" for number in (120034, 991823, 771203, 662001)]


def settings(folder: Path, text: str) -> str:
    file = folder / "auditor.toml"
    file.write_text(text)
    return str(file)


def said(config: str, column: str, values: list[str], table: str = "t") -> list[tuple[str, str]]:
    row: dict[str, object] = {"table": table, "column": column, "values": values}
    (answer,) = answers([row], load_config(config))
    labels = answer["labels"]
    assert isinstance(labels, list)
    return [(label["category"], label["facet"]) for label in labels]


def test_patterns_words_and_context(tmp_path: Path) -> None:
    config = settings(tmp_path, RECOGNISERS)
    assert said(config, "c7", CARDS) == [("user.unique_id.loyalty", "identifier")]
    assert said(config, "c7", ["Otto Otter", "Bella Beaver"]) == [("user.account.username", "personal")]
    numbers = ["117", "942", "331", "808"]
    assert said(config, "locker", numbers) == [("user.location", "identifier")]
    assert said(config, "c7", numbers) == []
    assert said(config, "c7", [f"see {card} for more of it" for card in CARDS]) == []  # explains too little of a value


def test_the_evidence_names_the_recogniser_and_no_value(tmp_path: Path) -> None:
    config = load_config(settings(tmp_path, RECOGNISERS))
    (answer,) = answers([{"column": "c7", "values": CARDS}], config)
    assert "4 of 4 distinct values are recognised as 'loyalty card'" in json.dumps(answer)
    assert "LC-" not in json.dumps(answer)


def test_phone_regions(tmp_path: Path) -> None:
    numbers = ["044 668 18 00", "031 322 21 11", "022 907 12 34"]
    assert said(settings(tmp_path, RECOGNISERS), "c7", numbers) == [("user.contact.phone_number", "personal")]
    assert said(settings(tmp_path, '[classify]\nphone_regions = ["US"]\n'), "c7", numbers) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[[recognisers]]\nname = "x"\ncategory = "user"\npatterns = ["("]\n', "not a regular expression"),
        ('[[recognisers]]\nname = "x"\ncategory = "user"\n', "give 'patterns', 'words' or both"),
        ('[[recognisers]]\nname = "x"\ncategory = "user"\nwords = [1]\n', "'words' must be a list of texts"),
        ('[[recognisers]]\nname = "x"\ncategory = "user"\nwords = ["a"]\nscore = 2\n', "'score'"),
        ('[[recognisers]]\nname = "x"\ncategory = "nope"\nwords = ["a"]\n', "unknown category 'nope'"),
        ('[classify]\nphone_regions = ["XX"]\n', "phone_regions"),
        ("[classify]\nner_model = 3\n", "ner_model"),
        ('[[taxonomy]]\ncategory = "user.name"\nsensitivity = "huge"\n', "'sensitivity' must be one of"),
        ('[[taxonomy]]\ncategory = "user.name"\ngroups = ["A B"]\n', "'groups' must be a list"),
        ('[[taxonomy]]\ncategory = "user.name"\n[[taxonomy]]\ncategory = "user.name"\n', "there twice"),
    ],
)
def test_mistakes_are_told(text: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(settings(tmp_path, text))
    assert complaint in str(caught.value)


def test_a_model_that_is_not_there_is_told(tmp_path: Path) -> None:
    config = load_config(settings(tmp_path, '[classify]\nner_model = "no_such_model"\n'))
    with pytest.raises(ConfigError, match="ner_model: there is no installed spaCy model"):
        list(answers([{"column": "c7"}], config))


def test_readings_of_the_taxonomy(tmp_path: Path) -> None:
    text = (
        '[classify]\ncategories = ["user.contact.pager"]\n'
        '[[taxonomy]]\ncategory = "user.contact.email"\nsensitivity = "critical"\ngroups = ["house_rule"]\n'
        '[[taxonomy]]\ncategory = "user.contact.pager"\ntitle = "Pager"\nsensitivity = "low"\n'
    )
    before = sensitivity("user.contact.email")
    with read_as(load_config(settings(tmp_path, text)).readings):
        assert (sensitivity("user.contact.email"), groups("user.contact.email")) == ("critical", ("house_rule",))
        assert title("user.contact.email") == "E-mail address"
        assert (nearest("user.contact.pager").title, sensitivity("user.contact.pager")) == ("Pager", "low")
        assert sensitivity("user.contact.phone_number") == "high"
    assert sensitivity("user.contact.email") == before == "high"


def test_the_command_reads_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    own = '[[words]]\nwords = ["pager"]\ncategory = "user.contact"\n'
    decided = '[[fields]]\nmatch = "users.email"\ncategory = "none"\nreason = "a made-up address"\n'
    config = settings(tmp_path, RECOGNISERS + own + decided)
    rows = [
        {"table": "users", "column": "email"},
        {"table": "users", "column": "pager"},
        {"table": "users", "column": "c7", "values": CARDS},
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    for arguments in (["classify", "-"], ["classify", "-", "--config", config]):  # auditor.toml is read by itself
        result = CliRunner().invoke(app, arguments, input=text, standalone_mode=False)
        found = [json.loads(line)["labels"] for line in result.stdout.splitlines()]
        assert [[label["category"] for label in labels] for labels in found] == [
            [],
            ["user.contact"],
            ["user.unique_id.loyalty"],
        ]
