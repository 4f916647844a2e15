"""The patient service: gRPC in front of the database `patients`."""

from __future__ import annotations

from concurrent import futures
from typing import Any

import grpc
import psycopg2

from clinic.generated import clinic_pb2 as messages
from clinic.generated import clinic_pb2_grpc as rpc
from clinic.settings import database, setting


class Patients(rpc.PatientsServicer):
    """Each method is one or two statements."""

    def __init__(self) -> None:
        self._connection = psycopg2.connect(database("patients"))
        self._connection.autocommit = True

    def _run(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def Register(self, request: Any, context: Any) -> Any:
        [(patient_id,)] = self._run(
            "INSERT INTO patients (first_name, last_name, birth_date, email, phone, insurance_number)"
            " VALUES (%s, %s, %s, %s, %s, %s) RETURNING patient_id",
            request.first_name,
            request.last_name,
            request.birth_date,
            request.email,
            request.phone,
            request.insurance_number,
        )
        self._run(
            "INSERT INTO addresses (patient_id, street, city, postal_code) VALUES (%s, %s, %s, %s)",
            patient_id,
            request.address.street,
            request.address.city,
            request.address.postal_code,
        )
        return messages.PatientId(patient_id=patient_id)

    def Get(self, request: Any, context: Any) -> Any:
        rows = self._run(
            "SELECT p.first_name, p.last_name, p.birth_date, p.email, p.phone, p.insurance_number,"
            " a.street, a.city, a.postal_code"
            " FROM patients p JOIN addresses a ON a.patient_id = p.patient_id WHERE p.patient_id = %s",
            request.patient_id,
        )
        if not rows:
            return messages.Patient()  # an empty message: nobody has this number
        first, last, birth, email, phone, insurance, street, city, postal_code = rows[0]
        return messages.Patient(
            patient_id=request.patient_id,
            first_name=first,
            last_name=last,
            birth_date=birth.isoformat(),
            email=email,
            phone=phone,
            insurance_number=insurance,
            address=messages.Address(street=street, city=city, postal_code=postal_code),
        )

    def FindByEmail(self, request: Any, context: Any) -> Any:
        # Reads whole rows and answers with names: what over-fetching looks like.
        rows = self._run("SELECT * FROM patients WHERE email = %s", request.email)
        found = [messages.PatientSummary(patient_id=row[0], first_name=row[1], last_name=row[2]) for row in rows]
        return messages.PatientList(patients=found)

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
            "SELECT count(DISTINCT p.patient_id), count(d.diagnosis_id)"
            " FROM patients p LEFT JOIN diagnoses d ON d.patient_id = p.patient_id"
            " WHERE extract(year FROM p.created_at) = %s",
            request.year,
        )
        return messages.OccupancyReport(patients=patients, diagnoses=diagnoses)


def main() -> None:
    """Serve until the process is stopped."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=1))
    rpc.add_PatientsServicer_to_server(Patients(), server)
    server.add_insecure_port(f"127.0.0.1:{setting('patients_port')}")
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
