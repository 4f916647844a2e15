"""The capture's ground truth agrees with its people, spans and schemas, and with what the example is about."""

from __future__ import annotations

import json
import re
from collections import Counter
from urllib.parse import unquote_plus

import pytest

from classifiers.checksums import luhn
from classifiers.taxonomy import CATEGORIES
from tests.examples.clinic import BROWSER, OUTSIDERS, QUEUES, SERVICES, WHOLE

PARTIES = SERVICES | QUEUES | OUTSIDERS | {BROWSER}
SHORT = 6  # characters: shorter values also turn up by chance


def test_people_are_made_up_and_every_value_is_unique() -> None:
    people = WHOLE.document("canaries.json")
    assert len(people) >= 8
    assert {frozenset(person) for person in people} == {frozenset(WHOLE.document("categories.json"))}
    counts = Counter(value for person in people for value in person.values())
    assert [value for value, count in counts.items() if count > 1] == []  # also across fields
    for person in people:
        assert person["email"].endswith("@example.test")
        assert luhn(person["card_number"])
        assert person["card_number"].endswith(person["card_last_four"])


def test_categories_are_keys_of_the_taxonomy() -> None:
    assert {key for keys in WHOLE.document("categories.json").values() for key in keys.split()} <= set(CATEGORIES)


def test_the_truth_of_flows_speaks_of_people_and_of_parties_that_are_there() -> None:
    people, flows = WHOLE.document("canaries.json"), WHOLE.document("truth.json")
    keys = ("field", "from", "to", "via", "direction", "where", "key")
    assert len({tuple(flow[key] for key in keys) for flow in flows}) == len(flows) > 100
    assert {party for flow in flows for party in (flow["from"], flow["to"])} == PARTIES
    for flow in flows:
        assert flow["field"] in people[0]
        assert (flow["direction"] == "message") == bool(QUEUES & {flow["from"], flow["to"]})
        assert flow["direction"] in ("request", "response", "message")
        assert 1 <= flow["distinct_people"] <= min(len(people), flow["hits"])


@pytest.mark.parametrize(
    ("source", "target", "fields"),
    [
        ("billing", "payments.example.test", "card_cvc card_expiry card_number email first_name last_name"),
        ("patients", "appointment-reminders", "email first_name last_name patient_id phone"),
        ("appointment-reminders", "notifier", "email first_name last_name patient_id phone"),
        ("notifier", "mail.example.test", "email first_name last_name"),
        ("doctor", "lab-orders", "birth_date icd_code patient_id"),
        ("lab-orders", "lab", "birth_date icd_code patient_id"),
        ("lab", "laboratory.example.test", "birth_date icd_code"),
        ("claims", "insurer.example.test", "insurance_number"),
        ("export", "files.example.test", "birth_date complaint first_name icd_code last_name patient_id"),
        ("triage", "api.llm.example", "birth_year complaint"),
        ("records", "doctor", "birth_date first_name icd_code last_name note"),
        ("patients", "triage", "birth_date"),
    ],
)
def test_the_flows_that_the_example_is_about(source: str, target: str, fields: str) -> None:
    assert sorted({field for field, from_, to in WHOLE.flows if (from_, to) == (source, target)}) == fields.split()


def test_whole_rows_are_read_and_their_secrets_stay() -> None:
    whole = {s for s, _, a in WHOLE.spans if a.get("db.statement", "").startswith("SELECT * FROM patients")}
    assert whole == {"patients", "records"}
    assert {(a, b) for field, a, b in WHOLE.flows if field in ("ssn", "password")} == {
        (BROWSER, "portal"),
        ("portal", "patients"),
    }
    assert "password_hash" not in {field for field, _, _ in WHOLE.flows}


def test_diagnoses_stay_out_of_billing() -> None:
    parties = {party for field, a, b in WHOLE.flows if field in ("icd_code", "note") for party in (a, b)}
    assert not parties & {"billing", "payments.example.test", "claims", "insurer.example.test"}


def test_messages_on_queues_are_as_their_schemas_say() -> None:
    carried = {(f["from"], f["to"], f["key"]) for f in WHOLE.document("truth.json") if f["direction"] == "message"}
    declared = {field["name"] for field in WHOLE.document("reminder.avsc")["fields"]}
    assert {key for *ends, key in carried if "appointment-reminders" in ends} == declared - {"starts_at"}
    for key in (key for *ends, key in carried if "lab-orders" in ends):
        assert f"          {key.removesuffix('[]')}:\n" in WHOLE.text("asyncapi.yaml")


def test_whole_card_numbers_are_never_stored() -> None:
    columns = WHOLE.document("truth_columns.json")
    stored = {field for column in columns for field in column["canary_fields"]}
    assert stored & {"card_number", "card_expiry", "card_cvc", "password"} == set()
    assert {"card_last_four", "password_hash", "ssn"} <= stored
    for column in columns:
        assert column["values"] >= max(column["canary_fields"].values())
        table = re.search(rf"CREATE TABLE public\.{column['table']} \((.*?)\n\);", WHOLE.text("schema.sql"), re.S)
        assert table is not None
        assert re.search(rf"^ +{column['column']} ", table[1], re.M)


def test_leaks_in_telemetry_are_exactly_those_told() -> None:
    """Counted anew, and looked for in every other text of a span as well."""
    values = [pair for person in WHOLE.document("canaries.json") for pair in person.items() if len(pair[1]) >= SHORT]
    found: Counter[tuple[str, str, str]] = Counter()
    for service, span, named in WHOLE.spans:
        texts = {key: unquote_plus(value) for key, value in named.items()}
        texts["(elsewhere)"] = unquote_plus(json.dumps({**span, "attributes": []}, ensure_ascii=False))
        for key, whole in texts.items():
            found.update({(service, key, field) for field, value in values if value in whole})
    leaks = WHOLE.document("truth_telemetry.json")
    assert found == {(leak["service"], leak["attribute"], leak["field"]): leak["spans"] for leak in leaks}
    assert found["portal", "http.url", "email"] == 5
