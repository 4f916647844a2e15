"""Medical records: GraphQL in front of the database `patients`. Callers get what they ask for; rows are read whole."""

from __future__ import annotations

from collections.abc import Generator

import strawberry
from fastapi import FastAPI
from strawberry.extensions.tracing import OpenTelemetryExtensionSync
from strawberry.extensions.tracing.opentelemetry import LifecycleStep
from strawberry.fastapi import GraphQLRouter

from clinic.store import Store

run = Store("patients").run


@strawberry.type
class Diagnosis:
    """What a doctor found."""

    icd_code: str
    note: str | None


@strawberry.type
class Patient:
    """A patient's record."""

    id: strawberry.ID
    first_name: str
    last_name: str
    birth_date: str
    email: str
    phone: str | None
    insurance_number: str

    @strawberry.field
    def diagnoses(self) -> list[Diagnosis]:
        """Newest last."""
        rows = run("SELECT icd_code, note FROM diagnoses WHERE patient_id = %s ORDER BY recorded_at", self.id)
        return [Diagnosis(icd_code=row.icd_code, note=row.note) for row in rows]


@strawberry.type
class Query:
    """What can be asked."""

    @strawberry.field
    def patient(self, id: strawberry.ID) -> Patient | None:
        """One patient."""
        for row in run("SELECT * FROM patients WHERE patient_id = %s", id):
            return Patient(
                id=strawberry.ID(str(row.patient_id)),
                first_name=row.first_name,
                last_name=row.last_name,
                birth_date=row.birth_date.isoformat(),
                email=row.email,
                phone=row.phone,
                insurance_number=row.insurance_number,
            )
        return None


class Traced(OpenTelemetryExtensionSync):
    """Strawberry's own tracing, and OpenTelemetry's names for what it tells."""

    def on_operation(self) -> Generator[None, None, None]:
        """Name the operation once it is known."""
        steps = super().on_operation()
        next(steps)
        yield
        asked = self.execution_context
        span = self._span_holder[LifecycleStep.OPERATION]
        span.set_attribute("graphql.document", asked.query or "")
        span.set_attribute("graphql.operation.name", asked.operation_name or "")
        span.set_attribute("graphql.operation.type", asked.operation_type.value.lower())
        next(steps, None)


schema = strawberry.Schema(Query, extensions=[Traced])
app = FastAPI(title="records", version="1.0.0", openapi_url=None)
app.include_router(GraphQLRouter(schema), prefix="/graphql")
