"""The lab worker: takes orders (Celery tasks) from a queue of its own and hands them to an outside laboratory.

`schema/asyncapi.yaml` tells what an order holds.
"""

from __future__ import annotations

from typing import Any

from celery import Celery
from celery.signals import worker_init
from opentelemetry.instrumentation.celery import CeleryInstrumentor

from clinic.clients import outside
from clinic.settings import setting
from clinic.wire import note

ORDERS = "lab-orders"

app = Celery("clinic", broker=f"amqp://guest:guest@127.0.0.1:{setting('broker_port')}//")
app.conf.update(task_default_queue=ORDERS, task_ignore_result=True, broker_connection_retry_on_startup=True)


@worker_init.connect
def begin_traces_anew(**_: Any) -> None:
    """The worker's traces begin here, and are linked to those that sent the orders."""
    tracing = CeleryInstrumentor()
    tracing.uninstrument()
    tracing.instrument(use_span_links=True)


@app.task(name="lab.order")
def order(patient_id: int, birth_date: str, icd_codes: list[str], test: str) -> None:
    """Order a test. The laboratory needs to know how old a patient is, and what for; not who it is."""
    taken = {"patient_id": patient_id, "birth_date": birth_date, "icd_codes": icd_codes, "test": test}
    note(ORDERS, "lab", "message", "consume", "body", taken)
    asked = {"test": test, "birth_date": birth_date, "icd_codes": icd_codes}
    outside("lab", "laboratory.example.test").post("/orders", json=asked).raise_for_status()
