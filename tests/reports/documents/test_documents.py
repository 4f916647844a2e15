"""The documents that reviewers have to produce."""

from __future__ import annotations

import csv
import io
import os
import tomllib
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from lineage.audit import Audit, Outsider, Scope
from lineage.declarations import NOTHING
from lineage.model import Party
from reports.documents.all import CSV, documents
from reports.documents.cells import Cell, Document, as_text, declared, seen
from reports.documents.holdings import holdings
from reports.documents.screening import FIGURE, INDICATOR, NONE, OUT_OF_SIGHT, PROFILING
from reports.text import MAX_LENGTH

GOLDEN = Path(__file__).parents[1] / "golden"
EMPTY = Audit(scope=Scope("0.1", (), (), 0, 0, None, None, 0, 0, "not stated"))
HOSTILE = ('=cmd()|"x"', "@SUM(1)", "\t=1", "\u202e+1", "<script>alert(1)</script>", '",\r\n=1', "x" * 10_000)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def document(audit: Audit, id_: str) -> Document:
    (found,) = [one for one in documents(audit, holdings(audit)) if one.id == id_]
    return found


def cells(audit: Audit, id_: str, first: str) -> dict[str, str]:
    found = document(audit, id_)
    (row,) = [row for row in found.rows if first in as_text(row[0])]
    return dict(zip(found.columns, map(as_text, row), strict=True))


@pytest.mark.parametrize("format_", sorted(CSV))
def test_golden(sample: Audit, shuffled: Audit, format_: str) -> None:
    text, file = CSV[format_](sample), GOLDEN / f"{format_.removesuffix('-csv')}.csv"
    if os.environ.get("REFRESH_GOLDEN"):
        file.write_bytes(text.encode())
    assert text.encode() == file.read_bytes()
    assert CSV[format_](shuffled) == text


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("format_", sorted(CSV))
def test_hostile_names_stay_text_in_their_cells(sample: Audit, poison: Any, format_: str, hostile: str) -> None:
    found = rows(CSV[format_](poison(sample, hostile, ("id",))))
    assert len(found) == len(rows(CSV[format_](poison(sample, "plain", ("id",)))))
    for row in found:
        for cell in row.values():
            assert cell.isprintable()
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))
            assert len(cell) < 32_767


@pytest.mark.parametrize("format_", sorted(CSV))
def test_they_never_say_compliant(sample: Audit, format_: str) -> None:
    assert "complian" not in CSV[format_](sample).lower()
    assert "complian" not in CSV[format_](EMPTY).lower()


def test_a_cell_is_what_people_declared_or_missing_never_a_guess(sample: Audit) -> None:
    orders = cells(sample, "ropa", "Orders")
    assert orders["Legal basis"] == "declared by people: contract, Art. 6(1)(b)"
    assert orders["Security, 30(1)(g)"] == "declared by people: encrypted in transit"
    marketing = cells(sample, "ropa", "Marketing figures")
    assert marketing["Legal basis"] == "missing: to be declared: [[processing]] legal_basis"
    assert "metrics.example.test (analytics)" in marketing["Recipients outside, 30(1)(d)"]
    assert marketing["Recipients outside, 30(1)(d)"].startswith("possible: ")
    assert "E-mail address" in marketing["Personal data, 30(1)(c)"]
    assert "api.payments" not in marketing["Recipients outside, 30(1)(d)"]


def test_nobody_who_holds_personal_data_is_left_out_of_the_record(sample: Audit) -> None:
    named = " ".join(as_text(cell) for row in document(sample, "ropa").rows for cell in row[-2:])
    for party in holdings(sample):
        if party.kind in ("service", "store"):
            assert party.name in named
    assert "identity" in cells(sample, "ropa", "nobody declared")["Services"]


def test_without_declarations_the_record_is_one_draft_and_says_what_is_missing(sample: Audit) -> None:
    bare = replace(sample, declarations=NOTHING)
    (row,) = document(bare, "ropa").rows
    text = [as_text(cell) for cell in row]
    assert sum(cell.startswith("missing") for cell in text) >= 7
    assert "api.payments.example" in text[6]


def test_regions_and_safeguards_are_declared_or_missing(sample: Audit) -> None:
    paid = cells(sample, "transfers", "US")
    assert paid["Safeguards"] == "declared by people: standard contractual clauses"
    assert paid["Provider"] == "by host name: Pay Inc."
    mail = [row for row in document(sample, "transfers").rows if "mail.example.test" in as_text(row[1])]
    assert as_text(mail[0][0]) == "missing: to be declared: [[outsiders]] region of mail.example.test"


def test_outsiders_without_personal_data_are_told_apart(sample: Audit) -> None:
    quiet = replace(sample, outsiders=(*sample.outsiders, Outsider("time.example.test", ("ntp",))))
    assert "time.example.test" in document(quiet, "transfers").notes[0]


def test_retention_is_declared_by_store_or_missing(sample: Audit) -> None:
    assert "ten years" in cells(sample, "retention", "shopdb")["Retention"]
    assert cells(sample, "retention", "identity")["Retention"].startswith("missing")


def test_screening_speaks_of_indicators_alone(sample: Audit) -> None:
    found = {as_text(row[0])[:1]: as_text(row[1]) for row in document(sample, "dpia").rows}
    assert found["1"] == INDICATOR  # data going to analytics
    assert (found["2"], found["9"]) == (OUT_OF_SIGHT, OUT_OF_SIGHT)
    assert found["4"] == INDICATOR
    assert found["5"] == FIGURE
    assert set(found.values()) <= {INDICATOR, NONE, OUT_OF_SIGHT, FIGURE}
    assert f"{list(found.values()).count(INDICATOR)} of 9" in document(sample, "dpia").lead
    assert {as_text(row[1]) for row in document(EMPTY, "dpia").rows} == {NONE, OUT_OF_SIGHT}


def test_a_language_model_is_new_technology(sample: Audit) -> None:
    asked = tuple(replace(o, purpose="language models") for o in sample.outsiders)
    row = document(replace(sample, outsiders=asked), "dpia").rows[7]
    assert as_text(row[1]) == INDICATOR
    assert "(language models)" in as_text(row[2])


def test_children_are_vulnerable(sample: Audit) -> None:
    flows = tuple(replace(flow, category="user.childrens") for flow in sample.flows[:1])
    assert "Child" in as_text(document(replace(EMPTY, flows=flows), "dpia").rows[6][2])


def test_the_purposes_that_count_are_those_of_the_list_of_providers() -> None:
    listed = tomllib.loads(resources.files("auditor").joinpath("providers.toml").read_text(encoding="utf-8"))
    assert set(PROFILING) <= set(listed)


def test_cardholder_data_its_systems_and_its_log(sample: Audit) -> None:
    systems = [as_text(row[0]) for row in document(sample, "pci").rows]
    assert systems == ["api.payments.example (outside party)", "checkout (service)", "web (service)", "shopdb (store)"]
    log = document(sample, "pci-changes").rows
    days = [as_text(row[0]).rpartition(" ")[2] for row in log]
    assert days == sorted(days, reverse=True)
    old = [row for row in log if "old.payments.example" in as_text(row[3])]
    assert as_text(old[0][-1]) == "not seen this time"
    new = tuple(replace(e, state="new") for e in sample.exposures)
    undecided = document(replace(sample, exposures=new, approvals=()), "pci-changes").rows
    assert undecided
    assert all(as_text(row[-1]) == "seen, not approved" for row in undecided)
    assert all(as_text(row[0]).startswith("missing") for row in undecided)


def test_identifiers_and_health_together(sample: Audit) -> None:
    health = replace(sample.flows[0], category="user.health_and_medical", sink=Party("service", "shop"))
    row = cells(replace(sample, flows=(*sample.flows, health)), "hipaa", "shop (service)")
    assert row["Together"] == "in schema: identifiers and health information at one place"
    assert row["Health information"] == "in schema: Health data"
    assert cells(sample, "hipaa", "shop (service)")["Together"] == "no"


def test_sensitive_categories_where_they_are(sample: Audit) -> None:
    card = cells(sample, "cpra", "Payment card")
    assert card["Kept in"] == "observed: shopdb"
    assert card["Recipients outside"] == "possible: api.payments.example"
    assert card["Sale, sharing, use"].startswith("missing")


def test_holdings_take_the_strongest_evidence(sample: Audit) -> None:
    held = {one.category.key: one for one in holdings(sample)[Party("service", "web")]}
    assert held["user.contact.email"].evidence == "declared"
    assert held["user.financial.credit_card"].evidence == "observed"
    assert holdings(EMPTY) == {}


def test_seen_sorts_by_evidence_and_names_each_once() -> None:
    cell: Cell = seen([("b", "possible"), ("a", "possible"), ("b", "observed")])
    assert as_text(cell) == "observed: b; possible: a"
    assert seen([]) == ()
    assert as_text(declared("", "x")) == "missing: to be declared: x"
    assert len(as_text(declared("x" * 10_000, ""))) < MAX_LENGTH
