"""`auditor token` through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.access.book import TokenBook
from auditor.access.secret import Secret
from tests.support.commands import auditor


def test_make_list_and_revoke(tmp_path: Path) -> None:
    made = auditor("token", "new", "ana", "--scope", "read", "--scope", "approve", "--expires", "30d", folder=tmp_path)
    assert made.returncode == 0, made.stderr
    printed = made.stdout.strip()
    file = tmp_path / "tokens.toml"
    assert printed not in file.read_text()
    assert (caller := TokenBook(file).recognise(Secret(printed))) is not None
    assert (caller.name, caller.scopes) == ("ana", {"read", "approve"})
    listed = auditor("token", "list", folder=tmp_path).stdout
    assert listed.startswith("ana  approve read  until ")
    assert printed not in listed
    assert auditor("token", "revoke", "ana", folder=tmp_path).returncode == 0
    assert TokenBook(file).recognise(Secret(printed)) is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("new", "Ana Canary", "--scope", "read"), "NAME"),
        (("new", "ana", "--scope", "canary"), "--scope"),
        (("new", "ana", "--scope", "read", "--expires", "canary"), "--expires"),
        (("new", "ana", "--scope", "read", "--expires", "2001-01-01"), "--expires"),
        (("revoke", "ana"), "tokens.toml"),
        (("list",), "auditor token new"),
    ],
)
def test_mistakes_say_what_to_do(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = auditor("token", *arguments, folder=tmp_path)
    assert ran.returncode == 2
    assert said in ran.stderr
    assert "anary" not in ran.stderr


def test_a_name_is_given_once(tmp_path: Path) -> None:
    again = ("token", "new", "ana", "--scope", "read", "--expires", "never")
    assert auditor(*again, folder=tmp_path).returncode == 0
    ran = auditor(*again, folder=tmp_path)
    assert ran.returncode == 2
    assert "revoke it first" in ran.stderr
    assert "ana  read  without end" in auditor("token", "list", folder=tmp_path).stdout
