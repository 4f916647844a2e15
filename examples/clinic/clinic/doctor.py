"""The doctors' application: asks the medical records by GraphQL for just what it needs; orders tests."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from clinic import lab
from clinic.clients import inside
from clinic.wire import FromOutside, note

CARD = "query PatientCard($id: ID!) { patient(id: $id) { firstName birthDate } }"
HISTORY = "query PatientHistory($id: ID!) { patient(id: $id) { lastName diagnoses { icdCode note } } }"
SAMPLE = "query Sample($id: ID!) { patient(id: $id) { birthDate diagnoses { icdCode } } }"


class Card(BaseModel):
    """What stands on the door of a ward."""

    first_name: str
    birth_date: str


class Finding(BaseModel):
    """What a doctor found."""

    icd_code: str
    note: str | None


class History(BaseModel):
    """A patient's diagnoses."""

    last_name: str
    diagnoses: list[Finding]


class Test(BaseModel):
    """What to test."""

    test: str


app = FastAPI(title="doctor", version="1.0.0")
app.add_middleware(FromOutside, service="doctor")
records = inside("doctor", "records")


def ask(document: str, patient_id: int) -> Any:
    """One patient, as far as the document asks."""
    answer = records.post("/graphql", json={"query": document, "variables": {"id": str(patient_id)}})
    patient = answer.raise_for_status().json()["data"]["patient"]
    if patient is None:
        raise HTTPException(404, "no such patient")
    return patient


@app.get("/ward/{patient_id}")
def card(patient_id: int) -> Card:
    """The card on the door."""
    patient = ask(CARD, patient_id)
    return Card(first_name=patient["firstName"], birth_date=patient["birthDate"])


@app.get("/ward/{patient_id}/history")
def history(patient_id: int) -> History:
    """What was found so far."""
    patient = ask(HISTORY, patient_id)
    found = [Finding(icd_code=one["icdCode"], note=one["note"]) for one in patient["diagnoses"]]
    return History(last_name=patient["lastName"], diagnoses=found)


@app.post("/ward/{patient_id}/tests")
def test(patient_id: int, test: Test) -> None:
    """Have a sample tested outside."""
    patient = ask(SAMPLE, patient_id)
    order = {
        "patient_id": patient_id,
        "birth_date": patient["birthDate"],
        "icd_codes": [one["icdCode"] for one in patient["diagnoses"]],
        "test": test.test,
    }
    note("doctor", lab.ORDERS, "message", "publish", "body", order)
    lab.order.apply_async(kwargs=order, origin="doctor")
