"""Triage: asks a language model how urgent a complaint is, and keeps the answer in the database `triage`."""

from __future__ import annotations

from fastapi import FastAPI
from openai import OpenAI
from pydantic import BaseModel

from clinic.clients import outside, patients_of
from clinic.generated import clinic_pb2 as messages
from clinic.store import Store


class Complaint(BaseModel):
    """What is wrong, in the patient's own words."""

    patient_id: int
    complaint: str


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
def assess(complaint: Complaint) -> Assessment:
    """Assess a complaint."""
    birth = patients.BirthDate(messages.PatientId(patient_id=complaint.patient_id))
    urgency = judge(complaint.complaint, birth.birth_date)
    run(
        "INSERT INTO assessments (patient_id, complaint, urgency) VALUES (%s, %s, %s)",
        complaint.patient_id,
        complaint.complaint,
        urgency,
    )
    return Assessment(urgency=urgency)


def judge(complaint: str, birth_date: str) -> str:
    """The model's opinion. It gets the year of birth and the complaint, not who it is."""
    answer = model.create(
        model="triage-small",
        messages=[
            {"role": "system", "content": "How soon should a doctor see this patient? One word: now, soon, routine."},
            {"role": "user", "content": f"Patient born in {birth_date[:4]}: {complaint}"},
        ],
    )
    return answer.choices[0].message.content or "soon"
