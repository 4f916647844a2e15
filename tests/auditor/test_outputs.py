"""`--format FORMAT[=PATH]`, and which files of the repository findings point into."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from auditor.errors import UsageProblem
from auditor.outputs import Output, read_outputs, repository_of
from lineage.audit import Audit, AuditField, Place, Scope
from reports.repository import LOCK, Spot

EMPTY = Audit(scope=Scope("0.1", (), (), 0, 0, None, None, 0, 0, "not stated"))


def declared_in(*files: str) -> Audit:
    fields = (AuditField(f"s/t.{n}", "s", "t", str(n), None, (), Place(file, 3)) for n, file in enumerate(files))
    return replace(EMPTY, fields=tuple(fields))


def test_formats_and_their_files() -> None:
    assert read_outputs(["text,sarif=a.sarif", "junit=out/b.xml"]) == [
        Output("text"),
        Output("sarif", Path("a.sarif")),
        Output("junit", Path("out/b.xml")),
    ]
    assert read_outputs(["json=-"]) == [Output("json")]
    assert read_outputs(["text", "github"]) == [Output("text"), Output("github")]
    assert read_outputs([]) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["yaml"], "one of: text"),
        (["sarif="], "say the file"),
        (["sarif,json"], "only one of sarif, json can be printed"),
        (["text", "sarif"], "only one of"),
        (["sarif=a", "json=a"], "same file"),
        (["sarif=a,b"], "one of: text"),
    ],
)
def test_what_cannot_be_carried_out_is_refused(arguments: list[str], words: str) -> None:
    with pytest.raises(UsageProblem, match=words):
        read_outputs(arguments)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "repository"
    for file in ("db/schema.sql", "api/v1/user.proto", "api/v1/schema.sql", ".git/HEAD", ".dataflow/flows.lock.json"):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text("x")
    (tmp_path / "outside.sql").write_text("x")
    monkeypatch.chdir(root / "db")
    return root


def test_names_of_the_audit_become_paths_from_the_root(repository: Path) -> None:
    audit = declared_in("schema.sql", "v1/user.proto", "v1/other.proto")
    found = repository_of(audit, "../.dataflow/flows.lock.json", ["users=schema.sql", "../api"])
    assert dict(found.schemas) == {"schema.sql": "db/schema.sql", "v1/user.proto": "api/v1/user.proto"}
    assert found.lock == LOCK
    assert found.spot([None, Place("gone.sql", 2), Place("schema.sql", 4)]) == Spot("db/schema.sql", 4)


def test_a_name_that_two_files_share_points_at_neither(repository: Path) -> None:
    found = repository_of(declared_in("schema.sql"), LOCK, ["schema.sql", "../api/v1/schema.sql"])
    assert dict(found.schemas) == {}


def test_nothing_points_outside_the_repository(repository: Path) -> None:
    audit = declared_in("outside.sql", "../../outside.sql", "/etc/hostname")
    found = repository_of(audit, "../../elsewhere.json", ["../../outside.sql", "../api", "postgresql://h/db"])
    assert dict(found.schemas) == {}
    assert found.lock == LOCK


def test_an_approved_exposure_stands_at_its_line_of_the_lock(repository: Path) -> None:
    lock = repository / ".dataflow" / "flows.lock.json"
    lock.write_text(
        '{"format": "flows-lock/1",\n"exposures": [\n{"id": "e1-aa"},\n{"id": "e1-bb", "category": "x"}\n]}\n'
    )
    found = repository_of(EMPTY, str(lock), [])
    assert [found.spot([], id_).line for id_ in ("e1-aa", "e1-bb", "e1-cc")] == [3, 4, 1]
    assert repository_of(EMPTY, "nowhere.json", []).spot([], "e1-aa").line == 1
