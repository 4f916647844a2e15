"""The gate on two recorded changes of the example system, through the command line."""

from __future__ import annotations

import gzip
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from auditor.gate import clock
from tests.support.commands import CAPTURE, CLINIC, Ran, auditor

CHANGES = CLINIC / "changes"
SSN = "user.government_id.national_identification_number"
BORN, HEALTH, NUMBER = "user.demographic.date_of_birth", "user.health_and_medical", "user.unique_id.pseudonymous"
MODEL = "api.llm.example"
TODAY = date(2026, 3, 1)


def scan(change: str, folder: Path, *more: str) -> Path:
    traces = str(CHANGES / change / "traces.otlp.jsonl.gz")
    run = auditor("scan", traces, "--schema", str(CAPTURE), "--out", change, "-q", *more, folder=folder)
    assert run.returncode == 0, run.stderr
    return folder / change


@pytest.fixture(scope="module")
def audits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the audit of each change; `known` is that of llm with its provider named, `told` with what the
    clinic's own auditor.toml says, of its prompt too."""
    folder = tmp_path_factory.mktemp("audits")
    for change in ("baseline", "more-columns", "llm"):
        scan(change, folder)
    scan("llm", folder, "--out", "told", "--config", str(CLINIC / "auditor.toml"))
    (folder / "auditor.toml").write_text(
        '[[outsiders]]\nmatch = "api.llm.example"\nprovider = "LLM Inc"\npurpose = "language models"\nregion = "US"\n'
    )
    traces = str(CHANGES / "llm" / "traces.otlp.jsonl.gz")
    assert auditor("scan", traces, "--schema", str(CAPTURE), "--out", "known", "-q", folder=folder).returncode == 0
    return folder


@pytest.fixture
def house(audits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the audits and a state folder made from the baseline, on a set day."""
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    for change in ("baseline", "more-columns", "llm", "known", "told"):
        shutil.copytree(audits / change, tmp_path / change)
    run = auditor("init", "--audit", "baseline", "--by", "ann", folder=tmp_path)
    assert run.returncode == 0, run.stderr
    return tmp_path


def check(folder: Path, change: str) -> tuple[int, Any]:
    run = auditor("check", "--audit", change, "--json", folder=folder)
    return run.returncode, json.loads(run.stdout)


def named(exposures: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(one["category"], one["sink"]["name"]) for one in exposures}


def ids(folder: Path, change: str) -> dict[str, str]:
    """The exposures that wait for a decision, by the name of their sink."""
    _, answer = check(folder, change)
    return {one["sink"]["name"]: one["id"] for one in (*answer["new"], *answer["violations"])}


def edit(folder: Path, name: str, old: str, new: str) -> None:
    file = folder / ".dataflow" / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_the_baseline_passes_and_each_change_is_named(house: Path) -> None:
    code, answer = check(house, "baseline")
    assert (code, answer["new"], answer["violations"], answer["not_seen"]) == (0, [], [], [])
    assert "at 95 %" in answer["notes"][0]
    code, answer = check(house, "more-columns")
    assert code == 1
    assert named(answer["new"]) == {(SSN, "export"), (SSN, "files.example.test")}
    assert answer["not_seen"] == []
    code, answer = check(house, "told")
    assert code == 1
    assert named(answer["new"]) == {(BORN, MODEL), (HEALTH, MODEL)}
    assert {one["evidence"] for one in answer["new"]} == {"declared"}
    assert answer["not_seen"] == []


def test_an_undeclared_prompt_may_hold_all_that_was_in_hand_and_no_more(house: Path) -> None:
    code, answer = check(house, "llm")
    assert code == 1
    assert named(answer["new"]) == {(BORN, MODEL), (HEALTH, MODEL), (NUMBER, MODEL)}
    assert {one["evidence"] for one in answer["new"]} == {"possible"}
    assert answer["not_seen"] == []


def test_what_check_says_has_path_evidence_and_what_to_do(house: Path) -> None:
    run = auditor("check", "--audit", "more-columns", folder=house)
    assert run.stdout.startswith("NOT APPROVED: 2 exposures are not approved")
    assert "store patients-db/patients --read--> service export --request--> outsider files.example.test" in run.stdout
    assert "auditor approve" in run.stdout
    assert "at 95 %" in run.stdout


def test_diff_is_a_plan_and_decides_nothing(house: Path) -> None:
    before = (house / ".dataflow" / "flows.lock.json").read_bytes()
    run = auditor("diff", "--audit", "more-columns", folder=house)
    assert run.returncode == 0
    assert sum(line.startswith("+ ") for line in run.stdout.splitlines()) == 2
    assert "Plan: 2 new, 0 changed, 0 not seen" in run.stdout
    back = auditor("approve", "--audit", "more-columns", "--all", folder=house)
    assert back.returncode == 0
    answer = json.loads(auditor("diff", "--audit", "baseline", "--json", folder=house).stdout)
    assert {one["sink"] for one in answer["not_seen"]} == {"export", "files.example.test"}
    assert (house / ".dataflow" / "flows.lock.json").read_bytes() != before
    (house / "main.json").write_bytes(before)
    run = auditor("diff", "--audit", "more-columns", "--against", "main.json", folder=house)
    assert "Approved in this change: 2" in run.stdout
    assert f"! {SSN} reaches service export" in run.stdout
    assert auditor("diff", "--audit", "baseline", "--against", "nowhere.json", folder=house).returncode == 2


def test_approving_one_leaves_the_other(house: Path) -> None:
    waiting = ids(house, "more-columns")
    run = auditor(
        "approve", "--audit", "more-columns", waiting["export"], "--purpose", "yearly return", "--by", "ann",
        folder=house,
    )  # fmt: skip
    assert run.returncode == 0
    assert f"approved in this change: {waiting['export']}" in run.stdout
    assert '"purpose": "yearly return"' in (house / ".dataflow" / "flows.lock.json").read_text()
    code, answer = check(house, "more-columns")
    assert (code, named(answer["new"])) == (1, {(SSN, "files.example.test")})


def test_a_rule_denies_and_only_a_waiver_helps_for_a_while(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = '\n[[rules]]\nid = "house.ssn"\neffect = "deny"\nseverity = "critical"\ntext = "No SSN leaves."\n'
    rule += f'law = "GDPR Art. 87"\nlongest_waiver = 20\n[rules.when]\ncategory = ["{SSN}"]\nsink_kind = ["outsider"]\n'
    edit(house, "policy.toml", "\n[floors]", f"{rule}\n[floors]")
    code, answer = check(house, "more-columns")
    assert (code, named(answer["violations"])) == (1, {(SSN, "files.example.test")})
    waiting = ids(house, "more-columns")
    denied = waiting["files.example.test"]
    run = auditor("check", "--audit", "more-columns", folder=house)
    assert "rule house.ssn, critical: No SSN leaves. (GDPR Art. 87" in run.stdout
    assert auditor("approve", "--audit", "more-columns", denied, folder=house).returncode == 2
    run = auditor("approve", "--audit", "more-columns", "--all", folder=house)
    assert f"not approved, against a rule: {denied}" in run.stdout
    assert check(house, "more-columns")[0] == 1

    leave = ["waive", denied, "--reason", "fix comes with v2", "--owner", "export team", "--audit", "more-columns"]
    assert auditor(*leave[:4], "--audit", "more-columns", folder=house).returncode == 2, "no owner"
    assert "20 days are the most" in auditor(*leave, "--expires", "30d", folder=house).stderr
    assert auditor(*leave, folder=house).returncode == 0
    assert auditor(*leave, folder=house).returncode == 2, "it is waived already"
    code, answer = check(house, "more-columns")
    assert code == 0
    assert answer["exposures"]["waived"] == 1
    assert any("ends on 2026-03-21" in note for note in answer["notes"])

    monkeypatch.setattr(clock, "today", lambda: date(2026, 3, 22))
    run = auditor("check", "--audit", "more-columns", folder=house)
    assert run.returncode == 1
    assert "fix comes with v2" in run.stdout
    run = auditor("lint", folder=house)
    assert run.returncode == 2
    assert "fix comes with v2" in run.stdout
    renew = ["renew", "--expiring", "6w", "--audit", "more-columns"]
    assert auditor(*renew, folder=house).returncode == 2, "a fresh reason is asked for"
    run = auditor(*renew, "--reason", "v2 is late", folder=house)
    assert f"{denied} until 2026-04-11" in run.stdout
    assert check(house, "more-columns")[0] == 0


def test_language_models_by_their_pack(house: Path) -> None:
    edit(house, "policy.toml", 'use = ["pci-dss", "secrets"]', 'use = ["llm-providers"]')
    code, answer = check(house, "known")
    assert code == 1
    cited = {one["category"]: one["rules"] for one in answer["new"] if one["sink"]["name"] == "api.llm.example"}
    assert cited["user.health_and_medical"] == ["llm.personal", "llm.special-category"]
    assert cited["user.demographic.date_of_birth"] == ["llm.personal"]
    assert auditor("approve", "--audit", "known", "--all", folder=house).returncode == 0
    assert {one["sink"]["name"] for one in check(house, "known")[1]["new"]} == {"api.llm.example"}, "for what?"
    assert auditor("approve", "--audit", "known", "--all", "--purpose", "triage", folder=house).returncode == 0
    assert check(house, "known")[0] == 0


def test_residency_by_its_pack(house: Path) -> None:
    edit(house, "policy.toml", 'use = ["pci-dss", "secrets"]', 'use = ["data-residency"]')
    assert "must set 'regions'" in auditor("check", "--audit", "known", folder=house).stderr
    edit(house, "policy.toml", "# [packs.data-residency]\n# regions", "[packs.data-residency]\nregions")
    code, answer = check(house, "known")
    assert code == 1
    assert {one["sink"]["name"] for one in answer["violations"]} == {"api.llm.example"}


def test_a_renamed_host_is_proposed_and_carried_over(house: Path) -> None:
    lock = house / ".dataflow" / "flows.lock.json"
    traces = CHANGES / "baseline" / "traces.otlp.jsonl.gz"
    text = gzip.decompress(traces.read_bytes()).decode().replace("insurer.example.test", "insurance.example.test")
    (house / "renamed.jsonl").write_text(text)
    schema = house / "schema"
    shutil.copytree(CAPTURE, schema, ignore=shutil.ignore_patterns("traces*", "*truth*", "c*.json", "README.md"))
    insurer = schema / "openapi.insurer.json"
    insurer.write_text(insurer.read_text().replace("insurer.example.test", "insurance.example.test"))
    run = auditor("scan", "renamed.jsonl", "--schema", "schema", "--out", "renamed", "-q", folder=house)
    assert run.returncode == 0, run.stderr
    code, answer = check(house, "renamed")
    assert code == 1
    assert {one["sink"]["name"] for one in answer["new"]} == {"insurance.example.test"}
    assert len(answer["not_seen"]) == len(answer["new"])
    plan = json.loads(auditor("diff", "--audit", "renamed", "--json", folder=house).stdout)
    [rename] = plan["renames"]
    assert rename["moved"] == {
        "kind": "outsider",
        "source": "insurer.example.test",
        "target": "insurance.example.test",
    }
    before = lock.read_bytes()
    policy = house / ".dataflow" / "policy.toml"
    policy.write_text(policy.read_text() + "\n" + "\n".join(rename["toml"]) + "\n")
    code, answer = check(house, "renamed")
    assert (code, answer["not_seen"]) == (0, [])
    assert lock.read_bytes() == before


def test_thin_telemetry_is_inconclusive_by_the_policys_floors(house: Path) -> None:
    edit(house, "policy.toml", "traces = 1  ", "traces = 100000  ")
    run = auditor("check", "--audit", "baseline", folder=house)
    assert run.returncode == 3
    assert "the policy asks for 100,000" in run.stdout


def test_init_refuses_to_overwrite(house: Path) -> None:
    before = {file.name: file.read_bytes() for file in (house / ".dataflow").iterdir()}
    assert set(before) == {"policy.toml", "waivers.toml", "flows.lock.json"}
    run = auditor("init", "--audit", "llm", folder=house)
    assert run.returncode == 2
    assert "--force" in run.stderr
    assert {file.name: file.read_bytes() for file in (house / ".dataflow").iterdir()} == before
    run = auditor("init", "--audit", "llm", "--force", "--empty", folder=house)
    assert run.returncode == 0
    assert json.loads((house / ".dataflow" / "flows.lock.json").read_text())["exposures"] == []
    assert check(house, "llm")[0] == 1


def test_what_init_writes_is_in_order(house: Path) -> None:
    assert auditor("lint", folder=house).stdout == ".dataflow: 0 errors, 0 warnings.\n"
    run = auditor("policy", "test", folder=house)
    assert (run.returncode, run.stdout.splitlines()[-1]) == (0, "7 examples, 0 failed.")
    assert "pci.security-data-stored" in auditor("policy", "show", folder=house).stdout


def test_the_commented_examples_of_the_start_are_good(house: Path) -> None:
    for name in ("policy.toml", "waivers.toml"):
        file = house / ".dataflow" / name
        lines = file.read_text().splitlines()
        shown = [line[2:] if line.startswith("# ") and _is_toml(line[2:]) else line for line in lines]
        file.write_text("\n".join(shown))
    run = auditor("lint", folder=house)
    assert run.stdout.splitlines()[-1].endswith("0 errors, 1 warnings."), run.stdout
    assert auditor("policy", "test", "-q", folder=house).stdout.startswith("8 examples, 0 failed")


def _is_toml(line: str) -> bool:
    return line.startswith("[") or line.partition(" = ")[1] != ""


def test_lint_tells_what_is_wrong_in_every_file(house: Path) -> None:
    edit(house, "policy.toml", "[floors]", "[flors]")
    edit(house, "flows.lock.json", '"category": "user.name.first"', '"category": "user.name.frist"')
    (house / ".dataflow" / "waivers.toml").write_text("[[waivers]]\nid = 3\n")
    run = auditor("lint", folder=house)
    assert run.returncode == 2
    for words in ("unknown setting 'flors'", "unknown category 'user.name.frist'", "'id' must be that of"):
        assert words in run.stdout
    lock = house / ".dataflow" / "flows.lock.json"
    lines = lock.read_text().splitlines(keepends=True)
    lines[3], lines[4] = lines[4], lines[3]
    lock.write_text("".join(lines))
    assert "sorted by id" in auditor("lint", folder=house).stdout


def test_an_example_that_does_not_hold_fails(house: Path) -> None:
    example = (
        '\n[[examples]]\ntitle = "wrong"\ncategory = "user.name"\nsink_kind = "store"\nsink = "s"\nexpect = "new"\n'
    )
    example += "approved = true\n"
    policy = house / ".dataflow" / "policy.toml"
    policy.write_text(policy.read_text() + example)
    run = auditor("policy", "test", folder=house)
    assert run.returncode == 2
    assert "FAILED wrong" in run.stdout
    assert "expected new, came approved (no rule fits)" in run.stdout
    assert auditor("lint", folder=house).returncode == 2


def test_pruning_asks_for_a_window_and_removes_only_what_it_did_not_show(house: Path) -> None:
    assert auditor("approve", "--audit", "more-columns", "--all", folder=house).returncode == 0
    run = auditor("prune", "--unseen-for", "90d", "--audit", "baseline", folder=house)
    assert run.returncode == 2
    assert "name audits of the whole window" in run.stderr
    # the same recording, as if it had begun half a year before, and approvals older than that
    file = house / "baseline" / "audit.json"
    audit = json.loads(file.read_text())
    first = audit["scope"]["first"]
    file.write_text(file.read_text().replace(f'"first": "{first}"', f'"first": "2025{first[4:]}"', 1))
    lock = house / ".dataflow" / "flows.lock.json"
    lock.write_text(lock.read_text().replace('"at": "2026-03-01"', '"at": "2024-01-01"'))
    before = lock.read_bytes()
    ask = ["prune", "--unseen-for", "90d", "--audit", "baseline"]
    run = auditor(*ask, "--dry-run", folder=house)
    assert "2 approvals, 0 services, 0 waivers would go." in run.stdout
    assert lock.read_bytes() == before
    run = auditor(*ask, folder=house)
    assert run.returncode == 0
    assert f"- {SSN} reaches service export" in run.stdout
    assert "at 95 %" in run.stdout
    assert check(house, "baseline")[0] == 0
    assert {one["sink"]["name"] for one in check(house, "more-columns")[1]["new"]} == {"export", "files.example.test"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["init"],
        ["diff"],
        ["waive", "e1-0000000000000000", "--reason", "r", "--owner", "o", "--audit", "nowhere"],
        ["renew", "--reason", "r"],
        ["prune", "--audit", "out"],
        ["prune", "--unseen-for", "soon", "--audit", "out"],
        ["policy", "nonsense"],
    ],
)
def test_usage_errors_exit_2_with_one_clear_line(tmp_path: Path, arguments: list[str]) -> None:
    run: Ran = auditor(*arguments, folder=tmp_path)
    assert run.returncode == 2
    assert run.stderr.startswith("auditor: ")
    assert "internal error" not in run.stderr


@pytest.mark.parametrize("name", ["policy.toml", "waivers.toml", "flows.lock.json"])
def test_a_broken_state_folder_is_never_a_verdict(house: Path, name: str) -> None:
    (house / ".dataflow" / name).write_text("{ [")
    run = auditor("check", "--audit", "baseline", folder=house)
    assert run.returncode == 2
    assert name in run.stderr
