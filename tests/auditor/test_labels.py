"""People's words before the machine's: decisions, then annotations, then names; and what may be inherited."""

from __future__ import annotations

from dataclasses import replace

from auditor.annotations.notes import Annotation
from auditor.config import Config
from auditor.labels import Labelled, key_categories, label_catalog
from classifiers.decisions import Decision, Pattern
from lineage.audit import Place
from lineage.derived import Fill
from lineage.model import Operation, Party, Seen
from lineage.system import Exchange, Key
from lineage.tables import CatalogTable, Column

USERS = CatalogTable(
    "shop",
    "users",
    (
        Column("email", "text"),
        Column("blob7", "text", "privacy: user.contact.email", 4),
        Column("last_name", "text", "privacy: none", 5),
        Column("copy_of_email", "text"),
        Column("zz", "text"),
    ),
    declared=True,
    source="schema.sql",
)


def decided(match: str, *categories: str) -> Config:
    return Config(decisions=(Decision(Pattern(match), categories, "looked at it", place="auditor.toml line 1"),))


def categories(labelled: Labelled) -> dict[str, list[str]]:
    return {field.column: [label.category for label in field.labels] for field in labelled.fields}


def test_comments_label_and_deny() -> None:
    found = categories(label_catalog([USERS], Config()))
    assert found["email"] == ["user.contact.email"]
    assert found["blob7"] == ["user.contact.email"]
    assert found["last_name"] == []
    silent = replace(USERS, columns=(Column("last_name", "text"),))
    assert categories(label_catalog([silent], Config()))["last_name"] != []


def test_a_decision_beats_annotation_and_name() -> None:
    assert categories(label_catalog([USERS], decided("users.email")))["email"] == []
    assert categories(label_catalog([USERS], decided("users.blob7", "user.name")))["blob7"] == ["user.name"]
    assert categories(label_catalog([USERS], decided("shop/users.last_name", "user.name")))["last_name"] == [
        "user.name"
    ]


def test_files_beside_the_ddl_agree_with_the_name_or_stand_beside_it() -> None:
    notes = [
        Annotation("users", "email", ("user.contact.email",), "d.yml", 3, "dbt tag"),
        Annotation("users", "zz", ("user",), "d.yml", 4, "dbt meta pii"),
        Annotation("users", "nowhere", ("user",), "d.yml", 5, "dbt meta pii"),
        Annotation("users", "zz", ("user.nme",), "d.yml", 6, "dbt tag"),
    ]
    labelled = label_catalog([USERS], Config(), notes)
    assert categories(labelled)["zz"] == ["user"]
    email = next(field for field in labelled.fields if field.column == "email").labels[0]
    assert email.confidence == 0.99
    assert email.evidence[-1] == "annotated as user.contact.email in d.yml, line 3 (dbt tag)"
    assert [(gap.kind, gap.where) for gap in labelled.gaps] == [
        ("unread_annotation", "d.yml line 6"),
        ("unused_annotation", "d.yml line 5"),
    ]


def test_nothing_is_inherited_over_what_people_said() -> None:
    fills = [Fill("shop/users.zz", "shop/users.copy_of_email", "whole", "INSERT 1")]
    fills.append(Fill("shop/users.last_name", "shop/users.email", "whole", "INSERT 2"))
    fills.append(Fill("shop/users.copy_of_email", "shop/users.last_name", "whole", "INSERT 3"))
    denied = decided("users.copy_of_email")

    def labels(config: Config) -> dict[str, bool]:
        return {f.column: bool(f.labels) for f in label_catalog([USERS], config).with_inherited(fills)}

    assert labels(denied) == {
        "email": True,
        "blob7": True,
        "last_name": False,
        "copy_of_email": False,
        "zz": False,
    }
    assert labels(decided("users.copy_of_email", "user.name"))["zz"]


def exchange(*keys: str) -> Exchange:
    portal = Operation("portal", "GET /")
    found = tuple(Key("query", key) for key in keys)
    return Exchange("x1", portal, Party("outsider", "pay.example"), "POST /v1/charges", "http", "call", found, Seen(1))


def test_decisions_reach_the_keys_of_calls() -> None:
    call = exchange("email", "zz")
    key = ("x1", Key("query", "email"))
    assert key_categories([call], Config())[key] == ("user.contact.email",)
    for match in ("email", "pay.example/charges.email", "pay.example/*"):
        assert key_categories([call], decided(match))[key] == ()
    named = key_categories([call], decided("charges.zz", "user.name"))
    assert named["x1", Key("query", "zz")] == ("user.name",)


def test_a_decision_is_used_when_it_fits_a_column_or_a_key() -> None:
    config = decided("pay.example/charges.email", "user.name")
    assert label_catalog([USERS], config, exchanges=[exchange("email")]).gaps == ()
    (gap,) = label_catalog([USERS], config).gaps
    assert gap.kind == "unused_decision"


def test_a_field_knows_where_it_is_declared() -> None:
    seen = CatalogTable("shop", "seen", (Column("email"),), declared=False, source="schema.sql")
    places = {field.id: field.place for field in label_catalog([USERS, seen], Config()).fields}
    assert places["shop/users.blob7"] == Place("schema.sql", 4)
    assert places["shop/users.email"] == Place("schema.sql", 0)
    assert places["shop/seen.email"] is None
