"""Statements of DDL that say how sensitive a column is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.annotations.statements import statement_annotations
from auditor.schemas.read import read_schemas


def said(sql: str) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(found.table, found.column, found.categories) for found in statement_annotations(sql, "s.sql")]


@pytest.mark.parametrize(
    ("label", "categories"),
    [
        ("privacy: user.contact.email", ("user.contact.email",)),
        ("privacy: none", ()),
        ("MASKED WITH FUNCTION anon.fake_last_name()", ("user.name.last",)),
        ("MASKED WITH FUNCTION anon.partial_email(ref)", ("user.contact.email",)),
        ("MASKED WITH FUNCTION anon.random_string(3)", ("user",)),
        ("MASKED WITH VALUE NULL", ("user",)),
        ("QUASI IDENTIFIER", ("user",)),
        ("PII", ("user",)),
    ],
)
def test_security_labels(label: str, categories: tuple[str, ...]) -> None:
    assert said(f"SECURITY LABEL FOR anon ON COLUMN app.users.ref IS '{label}';") == [("app.users", "ref", categories)]
    assert said(f"security label on column users.\"ref\" is E'{label}'") == [("users", "ref", categories)]


@pytest.mark.parametrize("label", ["system_u:object_r:sepgsql_table_t:s0", "NOT MASKED", "public", ""])
def test_labels_about_something_else_say_nothing(label: str) -> None:
    assert said(f"SECURITY LABEL ON COLUMN users.ref IS '{label}';") == []


def test_labels_of_tables_are_passed_over() -> None:
    assert said("SECURITY LABEL FOR anon ON TABLE users IS 'privacy: user.name';") == []


def test_sensitivity_classifications() -> None:
    sql = (
        "ADD SENSITIVITY CLASSIFICATION TO dbo.Users.Ref, [dbo].[Users].[Mail]\n"
        "WITH (LABEL = 'Confidential', INFORMATION_TYPE = 'Contact Info', RANK = HIGH);\nGO\n"
        "ADD SENSITIVITY CLASSIFICATION TO dbo.Users.Other WITH (INFORMATION_TYPE = 'Other')"
    )
    assert said(sql) == [
        ("dbo.Users", "Ref", ("user.contact",)),
        ("dbo.Users", "Mail", ("user.contact",)),
        ("dbo.Users", "Other", ("user",)),
    ]


def test_comments_that_come_with_a_change() -> None:
    sql = (
        "ALTER TABLE `users` MODIFY COLUMN `ref` varchar(9) NOT NULL DEFAULT 'x' COMMENT 'privacy: user', "
        "MODIFY nick decimal(4,2) COMMENT 'privacy: user.name', CHANGE old card char(3) COMMENT 'privacy: none';"
    )
    assert said(sql) == [("users", "ref", ("user",)), ("users", "nick", ("user.name",)), ("users", "card", ())]
    assert said("ALTER TABLE users MODIFY a int, ADD b int COMMENT 'privacy: user'") == []


def test_a_file_gives_them_with_its_name_and_line(tmp_path: Path) -> None:
    file = tmp_path / "db.sql"
    file.write_text("CREATE TABLE users (ref text);\n\nSECURITY LABEL ON COLUMN users.ref IS 'privacy: user.name';\n")
    (found,) = read_schemas([f"app={file}"]).annotations
    assert (found.file, found.line, found.store, found.form) == ("db.sql", 3, "app", "a security label")


@given(st.text(alphabet="SECURITY LABELONCMN.'\"`[]();,=x\n", max_size=120))
def test_no_text_raises(text: str) -> None:
    list(statement_annotations("SECURITY LABEL ON COLUMN " + text, "s.sql"))
    list(statement_annotations("ALTER TABLE x MODIFY " + text, "s.sql"))
