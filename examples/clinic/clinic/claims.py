"""The claims worker: polls the table in which billing leaves jobs, and tells the insurer."""

from __future__ import annotations

import time

from opentelemetry import trace

from clinic.clients import outside
from clinic.store import Store

PAUSE = 1.0  # seconds between looks at an empty table

store = Store("billing")
insurer = outside("claims", "insurer.example.test")
tracer = trace.get_tracer("clinic.claims")


def settle() -> bool:
    """Settle one claim. False when none is waiting. The trace begins here: jobs in a table carry no trace on."""
    with tracer.start_as_current_span("settle claim"), store.transaction():
        jobs = store.run(
            "SELECT * FROM insurance_jobs WHERE state = 'waiting' ORDER BY job_id LIMIT 1 FOR UPDATE SKIP LOCKED"
        )
        for job in jobs:
            claim = {
                "insurance_number": job.insurance_number,
                "amount_cents": job.amount_cents,
                "reference": f"invoice-{job.invoice_id}",
            }
            insurer.post("/claims", json=claim).raise_for_status()
            store.run("UPDATE insurance_jobs SET state = 'done' WHERE job_id = %s", job.job_id)
        return bool(jobs)


def main() -> None:
    """Work until the process is stopped."""
    while True:
        if not settle():
            time.sleep(PAUSE)


if __name__ == "__main__":
    main()
