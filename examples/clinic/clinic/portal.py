"""The portal: what patients and staff use in a browser. It has no database of its own."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, HTTPException
from google.protobuf.json_format import MessageToDict
from pydantic import BaseModel

from clinic.clients import inside, patients_of
from clinic.generated import clinic_pb2 as messages
from clinic.wire import FromOutside


class Address(BaseModel):
    """Where a patient lives."""

    street: str
    city: str
    postal_code: str


class Patient(BaseModel):
    """What a patient tells at registration."""

    first_name: str
    last_name: str
    birth_date: str
    email: str
    phone: str
    insurance_number: str
    address: Address
    ssn: str
    password: str


class Credentials(BaseModel):
    """How a patient logs in."""

    email: str
    password: str


class Visit(BaseModel):
    """When a patient wants to come, and why."""

    starts_at: str
    complaint: str


class Symptoms(BaseModel):
    """What is wrong, in the patient's own words."""

    symptoms: str


class Diagnosis(BaseModel):
    """What a doctor records."""

    icd_code: str
    note: str


class Card(BaseModel):
    """How a visit is paid."""

    card_number: str
    card_expiry: str
    card_cvc: str
    amount_cents: int


app = FastAPI(title="portal", version="1.0.0")
app.add_middleware(FromOutside, service="portal")
patients = patients_of("portal")
billing = inside("portal", "billing")
triage = inside("portal", "triage")


def shown(message: Any) -> dict[str, Any]:
    """A message as the browser gets it."""
    return MessageToDict(message, preserving_proto_field_name=True)


@app.post("/patients")
def register(patient: Patient) -> dict[str, Any]:
    """Register a patient."""
    fields = patient.model_dump(exclude={"address", "ssn", "password"})
    record = messages.Patient(**fields, address=messages.Address(**patient.address.model_dump()))
    return shown(patients.Register(messages.Registration(patient=record, ssn=patient.ssn, password=patient.password)))


@app.post("/login")
def login(credentials: Credentials) -> dict[str, Any]:
    """Log in."""
    patient = patients.Login(messages.Credentials(**credentials.model_dump()))
    if not patient.patient_id:
        raise HTTPException(401, "wrong address or password")
    return shown(patient)


@app.get("/patients")
def find(email: str) -> dict[str, Any]:
    """Find a patient. The e-mail address stands in the URL, and so in every trace of this call."""
    return shown(patients.FindByEmail(messages.EmailQuery(email=email)))


@app.get("/patients/{patient_id}")
def show(patient_id: int) -> dict[str, Any]:
    """A patient's own page."""
    patient = patients.Get(messages.PatientId(patient_id=patient_id))
    if not patient.patient_id:
        raise HTTPException(404, "no such patient")
    return shown(patient)


@app.post("/patients/{patient_id}/visits")
def book(patient_id: int, visit: Visit) -> dict[str, Any]:
    """Book a visit."""
    return shown(patients.BookVisit(messages.Visit(patient_id=patient_id, **visit.model_dump())))


@app.post("/patients/{patient_id}/triage")
def assess(patient_id: int, symptoms: Symptoms) -> Any:
    """Ask how urgent it is."""
    return triage.post("/assessments", json={"patient_id": patient_id, **symptoms.model_dump()}).json()


@app.post("/patients/{patient_id}/diagnoses")
def diagnose(patient_id: int, diagnosis: Diagnosis) -> dict[str, Any]:
    """Record a diagnosis."""
    return shown(patients.AddDiagnosis(messages.Diagnosis(patient_id=patient_id, **diagnosis.model_dump())))


@app.get("/patients/{patient_id}/diagnoses")
def diagnoses(patient_id: int) -> dict[str, Any]:
    """What was diagnosed."""
    return shown(patients.ListDiagnoses(messages.PatientId(patient_id=patient_id)))


@app.post("/patients/{patient_id}/payments")
def pay(patient_id: int, card: Card) -> Any:
    """Pay for a visit: the portal adds who pays from the patient's record."""
    patient = patients.Get(messages.PatientId(patient_id=patient_id))
    payer = {
        "patient_id": patient_id,
        "payer_name": f"{patient.first_name} {patient.last_name}",
        "payer_email": patient.email,
        "insurance_number": patient.insurance_number,
        **card.model_dump(),
    }
    return billing.post("/payments", json=payer).json()


@app.get("/patients/{patient_id}/invoices")
def invoices(patient_id: int) -> Any:
    """What was paid."""
    return billing.get(f"/invoices/{patient_id}").json()


@app.get("/reports/occupancy")
def occupancy(year: int) -> dict[str, Any]:
    """Numbers for the management."""
    return shown(patients.Occupancy(messages.OccupancyQuery(year=year)))
