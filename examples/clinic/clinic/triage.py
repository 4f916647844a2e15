"""Triage: asks a language model how urgent symptoms are, and keeps the answer in the database `triage`."""

from __future__ import annotations

from fastapi import FastAPI
from openai import OpenAI
from pydantic import BaseModel

from clinic.clients import outside, patients_of
from clinic.generated import clinic_pb2 as messages
from clinic.store import Store


class Symptoms(BaseModel):
    """What is wrong, in the patient's own words."""

    patient_id: int
    symptoms: str


class Assessment(BaseModel):
    """How soon a doctor should look at it."""

    urgency: str


app = FastAPI(title="triage", version="1.0.0")
run = Store("triage").run
patients = patients_of("triage")
model = OpenAI(
    api_key="none", base_url="http://api.llm.example/v1", http_client=outside("triage", "api.llm.example")
).chat.completions


@app.post("/assessments")
def assess(told: Symptoms) -> Assessment:
    """Assess symptoms."""
    birth = patients.BirthDate(messages.PatientId(patient_id=told.patient_id))
    urgency = judge(told.symptoms, birth.birth_date)
    run(
        "INSERT INTO assessments (patient_id, symptoms, urgency) VALUES (%s, %s, %s)",
        told.patient_id,
        told.symptoms,
        urgency,
    )
    return Assessment(urgency=urgency)


def judge(symptoms: str, birth_date: str) -> str:
    """The model's opinion. It gets the year of birth and the symptoms, not who it is."""
    answer = model.create(
        model="triage-small",
        messages=[
            {"role": "system", "content": "How soon should a doctor see this patient? One word: now, soon, routine."},
            {"role": "user", "content": f"Patient born in {birth_date[:4]}: {symptoms}"},
        ],
    )
    return answer.choices[0].message.content or "soon"
