"""`auditor services`: the whole system, and the part around one party."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import CAPTURE, auditor

DOCS = Path("docs/explorer.md").resolve()
_SHOWN = re.compile(r"```sh\n(auditor services [^\n]*)\n```\n\n```text\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the audit of the bundled capture in `out`."""
    folder = tmp_path_factory.mktemp("services")
    traces, schema = str(CAPTURE / "traces.otlp.jsonl.gz"), str(CAPTURE / "schema.sql")
    assert auditor("scan", traces, "--schema", schema, "--quiet", folder=folder).returncode == 0
    return folder


def asked(folder: Path, *arguments: str) -> Any:
    ran = auditor("services", *arguments, "--json", folder=folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    return json.loads(ran.stdout)["answer"]


def test_figures_of_the_capture(folder: Path) -> None:
    found = asked(folder)
    handled = {one["name"]: one["calls"] for one in found["services"]}
    assert (handled["portal"], handled["claims"]) == (80, 26)
    first = found["amplification"][0]
    assert (first["root"]["name"], first["callee"]["name"]) == (
        "POST /patients/{patient_id}/visits",
        "appointment-reminders",
    )
    assert (first["requests"], first["mean"], first["most"], first["cause"]["kind"]) == (8, 2.0, 2, "loop")


def test_the_part_around_a_party(folder: Path) -> None:
    near = asked(folder, "triage", "out")
    assert {one["name"] for one in near["services"]} == {"portal", "patients", "triage"}
    assert {one["callee"] for one in near["calls"]} == {"api.llm.example", "patients", "portal", "triage"}
    alone = asked(folder, "triage", "--depth", "0", "out")
    assert ({one["name"] for one in alone["services"]}, alone["calls"]) == ({"triage"}, [])


def test_in_words(folder: Path) -> None:
    ran = auditor("services", "out", "--limit", "3", folder=folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "What one request sets off more than once:" in ran.stdout
    assert "Left out: 7 of services, 36 of calls (--limit shows more)." in ran.stdout
    assert "Sampling: not stated" in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("portall", "out"), "portall: no service, store, outside party or channel of this name in the audit"),
        (("portal",), "portal: no such file or folder; the audit comes last: auditor services [NAME] AUDIT"),
        (("a", "b", "out"), "say one NAME at most"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    ran = auditor("services", *arguments, folder=folder)
    assert ran.returncode == 2
    assert message in ran.stderr


def test_the_guide_shows_what_is_answered(folder: Path) -> None:
    """Rewrite the guide's output with REFRESH_GOLDEN=1."""
    text = DOCS.read_text()
    ((command, output),) = _SHOWN.findall(text)
    told = auditor(*command.split()[1:], folder=folder).stdout
    if os.environ.get("REFRESH_GOLDEN"):
        DOCS.write_text(text.replace(f"```text\n{output}```", f"```text\n{told}```"))
    else:
        assert told == output
