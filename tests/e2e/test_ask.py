"""`auditor ask`: answers for people and machines, and what happens to names that are unknown."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from tests.support.commands import CAPTURE, CLINIC, auditor

QUESTIONS = [
    ("who-touches", "user.contact.email"),
    ("where-goes", "user.contact.email"),
    ("holds", "billing"),
    ("blast-radius", "billing"),
    ("over-reads",),
    ("unread",),
    ("how-much", "*.email"),
]
DOCS = Path("docs/questions.md").resolve()
_SHOWN = re.compile(r"```sh\n(auditor ask [^\n]*)\n```\n\n```text\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the audit of the bundled capture in `out`."""
    folder = tmp_path_factory.mktemp("ask")
    lock = str(CLINIC / ".dataflow" / "flows.lock.json")
    traces, schema = str(CAPTURE / "traces.otlp.jsonl.gz"), str(CAPTURE / "schema.sql")
    assert auditor("scan", traces, "--schema", schema, "--lock", lock, folder=folder).returncode == 0
    return folder


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[0])
def test_each_question_is_answered_in_words_and_in_json(folder: Path, question: tuple[str, ...]) -> None:
    words = auditor("ask", *question, folder=folder)
    assert (words.returncode, words.stderr) == (0, "")
    assert words.stdout.strip()
    machine = auditor("ask", *question, "--json", "--limit", "1", folder=folder)
    assert machine.returncode == 0
    found = json.loads(machine.stdout)
    assert set(found) == {"answer", "left_out"}
    assert all(len(value) <= 1 for value in found["answer"].values() if isinstance(value, list))


def test_figures_of_the_capture(folder: Path) -> None:
    found = json.loads(auditor("ask", "who-touches", "patients.email", "--json", folder=folder).stdout)["answer"]
    reading = {one["operation"]: one["calls"] for one in found["touchers"] if "projected" in one["roles"]}
    assert set(reading) >= {"clinic.v1.Patients/Get", "clinic.v1.Patients/FindByEmail"}
    assert "portal" in {one["service"] for one in found["on_behalf"]}
    amounts = json.loads(auditor("ask", "how-much", "patients.email", "--json", folder=folder).stdout)["answer"]
    read = {one["operation"]: one["reads"] for one in amounts["amounts"] if one["reads"]}
    assert read["clinic.v1.Patients/Get"] == reading["clinic.v1.Patients/Get"]
    assert sum(read.values()) == sum(root["reads"] for root in amounts["roots"])


def test_what_is_left_out_is_said(folder: Path) -> None:
    assert "Left out: " in auditor("ask", "who-touches", "user", "--limit", "2", folder=folder).stdout


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (("who-touches", "patients.emial"), "did you mean patients.email"),
        (("who-touches", "user.contact.emial"), "did you mean user.contact.email"),
        (("holds", "biling"), "did you mean billing"),
        (("over-reads", "nobody"), "no service of this name"),
        (("where-goes", "user.name", "--to", "payments"), "did you mean payments"),
        (("unread", "nowhere.nothing"), "no field or category of this name"),
        (("holds", "billing", "--audit", "missing"), "auditor scan"),
        (("holds", "billing", "--limit", "0"), "--limit"),
    ],
)
def test_unknown_names_end_with_2_and_a_hint(folder: Path, question: tuple[str, ...], words: str) -> None:
    ran = auditor("ask", *question, folder=folder)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert words in ran.stderr


def test_a_category_that_nothing_has_is_answered(folder: Path) -> None:
    ran = auditor("ask", "who-touches", "user.biometric", folder=folder)
    assert (ran.returncode, ran.stdout) == (0, "Nobody was seen touching user.biometric.\n")


def test_help_has_examples(folder: Path) -> None:
    for name in ("who-touches", "where-goes", "holds", "blast-radius", "over-reads", "unread", "how-much"):
        assert f"auditor ask {name}" in auditor("ask", name, "--help", folder=folder).stdout


def test_the_guide_shows_what_is_answered(folder: Path) -> None:
    """Rewrite the guide's outputs with REFRESH_GOLDEN=1; without, its commands must at least all work."""
    text = DOCS.read_text()
    shown = _SHOWN.findall(text)
    assert {command.split()[2] for command, _ in shown} == {question[0] for question in QUESTIONS}
    for command, output in shown:
        ran = auditor(*(word.strip("'") for word in command.split()[1:]), folder=folder)
        assert (ran.returncode, ran.stderr) == (0, ""), command
        text = text.replace(f"{command}\n```\n\n```text\n{output}```", f"{command}\n```\n\n```text\n{ran.stdout}```")
    if os.environ.get("REFRESH_GOLDEN"):
        DOCS.write_text(text)
