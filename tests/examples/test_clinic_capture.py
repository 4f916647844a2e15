"""The recorded capture is whole, tells no machine's secrets, and agrees with itself."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

from tests.support.commands import CAPTURE

LARGEST = 1_000_000  # bytes of all files together


def load(name: str) -> Any:
    return json.loads((CAPTURE / name).read_text())


def text_of(path: Path) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode(errors="replace")


def requests() -> list[dict[str, Any]]:
    return [json.loads(line) for line in text_of(CAPTURE / "traces.otlp.jsonl.gz").splitlines()]


def test_three_services_sent_spans() -> None:
    names = {
        attribute["value"]["stringValue"]
        for request in requests()
        for resource in request["resourceSpans"]
        for attribute in resource["resource"]["attributes"]
        if attribute["key"] == "service.name"
    }
    assert names == {"portal", "patients", "billing"}


def test_the_files_are_small_and_name_no_machine() -> None:
    files = [path for path in CAPTURE.iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) < LARGEST
    for path in files:
        assert not re.search(r"/(?:root|home|tmp|srv|usr|var|opt)/", text_of(path)), path.name


def test_the_truth_speaks_of_known_fields_and_services() -> None:
    fields = set(load("categories.json"))
    assert {field for person in load("canaries.json") for field in person} == fields
    parties = {"portal", "patients", "billing", "payments.example.test", "browser (external client)"}
    for entry in load("truth.json"):
        assert entry["field"] in fields
        assert {entry["from"], entry["to"]} <= parties
        assert 0 < entry["distinct_people"] <= entry["hits"]
    for entry in load("truth_columns.json"):
        assert set(entry["canary_fields"]) <= fields


def test_every_value_is_one_persons() -> None:
    people = load("canaries.json")
    for field in people[0]:
        assert len({person[field] for person in people}) == len(people), field


def test_the_leak_of_the_ground_truth_is_in_the_spans() -> None:
    spans = text_of(CAPTURE / "traces.otlp.jsonl.gz")
    emails = [person["email"] for person in load("canaries.json")]
    assert sum(email.replace("@", "%40") in spans or email in spans for email in emails) == 5
