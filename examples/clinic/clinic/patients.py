"""The patient service: gRPC in front of the database `patients`; announces visits on the queue."""

from __future__ import annotations

import hmac
import json
from concurrent import futures
from typing import Any

import grpc

from clinic.generated import clinic_pb2 as messages
from clinic.generated import clinic_pb2_grpc as rpc
from clinic.passwords import hashed
from clinic.queue import REMINDERS, open_queue
from clinic.settings import setting
from clinic.store import Store
from clinic.wire import note


class Patients(rpc.PatientsServicer):
    """Each method is one or two statements."""

    def __init__(self) -> None:
        self._run = Store("patients").run
        self._queue = open_queue()

    def Register(self, request: Any, context: Any) -> Any:
        who, where = request.patient, request.patient.address
        [(patient_id,)] = self._run(
            "INSERT INTO patients"
            " (first_name, last_name, birth_date, email, phone, insurance_number, ssn, password_hash)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING patient_id",
            who.first_name,
            who.last_name,
            who.birth_date,
            who.email,
            who.phone,
            who.insurance_number,
            request.ssn,
            hashed(request.password, who.email),
        )
        self._run(
            "INSERT INTO addresses (patient_id, street, city, postal_code) VALUES (%s, %s, %s, %s)",
            patient_id,
            where.street,
            where.city,
            where.postal_code,
        )
        return messages.PatientId(patient_id=patient_id)

    def Login(self, request: Any, context: Any) -> Any:
        # Reads whole rows, social security number and all, and answers with a name: what over-fetching looks like.
        rows = self._run("SELECT * FROM patients WHERE email = %s", request.email)
        if not rows or not hmac.compare_digest(rows[0].password_hash, hashed(request.password, request.email)):
            return messages.PatientSummary()  # an empty message: nobody
        return _summary(rows[0])

    def Get(self, request: Any, context: Any) -> Any:
        rows = self._run(
            "SELECT p.first_name, p.last_name, p.birth_date, p.email, p.phone, p.insurance_number,"
            " a.street, a.city, a.postal_code"
            " FROM patients p JOIN addresses a ON a.patient_id = p.patient_id WHERE p.patient_id = %s",
            request.patient_id,
        )
        if not rows:
            return messages.Patient()  # an empty message: nobody has this number
        [row] = rows
        return messages.Patient(
            patient_id=request.patient_id,
            first_name=row.first_name,
            last_name=row.last_name,
            birth_date=row.birth_date.isoformat(),
            email=row.email,
            phone=row.phone,
            insurance_number=row.insurance_number,
            address=messages.Address(street=row.street, city=row.city, postal_code=row.postal_code),
        )

    def FindByEmail(self, request: Any, context: Any) -> Any:
        rows = self._run("SELECT * FROM patients WHERE email = %s", request.email)
        return messages.PatientList(patients=map(_summary, rows))

    def BirthDate(self, request: Any, context: Any) -> Any:
        [row] = self._run("SELECT * FROM patients WHERE patient_id = %s", request.patient_id)
        return messages.Birth(birth_date=row.birth_date.isoformat())

    def BookVisit(self, request: Any, context: Any) -> Any:
        [(visit_id,)] = self._run(
            "INSERT INTO visits (patient_id, starts_at, complaint) VALUES (%s, %s, %s) RETURNING visit_id",
            request.patient_id,
            request.starts_at,
            request.complaint,
        )
        [row] = self._run("SELECT * FROM patients WHERE patient_id = %s", request.patient_id)
        reminder = {
            "patient_id": row.patient_id,
            "first_name": row.first_name,
            "last_name": row.last_name,
            "email": row.email,
            "phone": row.phone,
            "starts_at": request.starts_at,
        }
        note("patients", REMINDERS, "message", "publish", "body", reminder)
        self._queue.basic_publish(exchange="", routing_key=REMINDERS, body=json.dumps(reminder).encode())
        return messages.VisitId(visit_id=visit_id)

    def AddDiagnosis(self, request: Any, context: Any) -> Any:
        [(diagnosis_id,)] = self._run(
            "INSERT INTO diagnoses (patient_id, icd_code, note) VALUES (%s, %s, %s) RETURNING diagnosis_id",
            request.patient_id,
            request.icd_code,
            request.note,
        )
        return messages.DiagnosisId(diagnosis_id=diagnosis_id)

    def ListDiagnoses(self, request: Any, context: Any) -> Any:
        rows = self._run(
            "SELECT icd_code, note FROM diagnoses WHERE patient_id = %s ORDER BY recorded_at", request.patient_id
        )
        found = [messages.Diagnosis(patient_id=request.patient_id, icd_code=code, note=text) for code, text in rows]
        return messages.DiagnosisList(diagnoses=found)

    def Occupancy(self, request: Any, context: Any) -> Any:
        [(patients, diagnoses)] = self._run(
            "SELECT count(DISTINCT p.patient_id) AS patients, count(d.diagnosis_id) AS diagnoses"
            " FROM patients p LEFT JOIN diagnoses d ON d.patient_id = p.patient_id"
            " WHERE extract(year FROM p.created_at) = %s",
            request.year,
        )
        return messages.OccupancyReport(patients=patients, diagnoses=diagnoses)


def _summary(row: Any) -> Any:
    return messages.PatientSummary(patient_id=row.patient_id, first_name=row.first_name, last_name=row.last_name)


def main() -> None:
    """Serve until the process is stopped."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=1))
    rpc.add_PatientsServicer_to_server(Patients(), server)
    server.add_insecure_port(f"127.0.0.1:{setting('patients_port')}")
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
