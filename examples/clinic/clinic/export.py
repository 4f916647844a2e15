"""The nightly export: who came and what was found, as a CSV file in an outside file store. No schema describes it."""

from __future__ import annotations

import csv
import io

import click

from clinic.clients import outside
from clinic.store import Store

QUERY = (
    "SELECT p.patient_id, p.first_name, p.last_name, p.birth_date,"
    " v.starts_at, v.complaint, d.icd_code"
    " FROM patients p JOIN visits v ON v.patient_id = p.patient_id"
    " JOIN diagnoses d ON d.patient_id = p.patient_id ORDER BY v.visit_id"
)


@click.command("nightly-export")
@click.argument("day")
def export(day: str) -> None:
    """Write the visits known on DAY."""
    rows = Store("patients").run(QUERY)
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(rows[0]._fields)
    table.writerows(rows)
    files = outside("export", "files.example.test")
    files.put(f"/exports/visits-{day}.csv", content=text.getvalue(), headers={"Content-Type": "text/csv"})


if __name__ == "__main__":
    export(prog_name="nightly-export")
