"""What the made-up people do."""

from __future__ import annotations

import httpx

from recorder.people import Person


def drive(portal: str, doctor: str, people: list[Person]) -> list[str]:
    """Everybody comes; staff search and count, doctors look at records. Their patient numbers."""
    with httpx.Client(base_url=portal, timeout=30) as browser:
        numbers = [visit(browser, person, day) for day, person in enumerate(people, 1)]
        for person in people[:5]:
            browser.get("/patients", params={"email": person.email}).raise_for_status()
        assert browser.get("/patients/999999").status_code == 404
        assert browser.post("/login", json={"email": people[0].email, "password": "wrong"}).status_code == 401
        browser.get("/reports/occupancy", params={"year": 2026}).raise_for_status()
    with httpx.Client(base_url=doctor, timeout=30) as browser:
        for number in numbers:
            browser.get(f"/ward/{number}").raise_for_status()
            browser.get(f"/ward/{number}/history").raise_for_status()
            browser.post(f"/ward/{number}/tests", json={"test": "blood count"}).raise_for_status()
    return numbers


def visit(browser: httpx.Client, person: Person, day: int) -> str:
    """One person's day. Their patient number."""
    registration = {
        name: getattr(person, name)
        for name in "first_name last_name birth_date email phone insurance_number ssn password".split()
    } | {"address": {name: getattr(person, name) for name in ("street", "city", "postal_code")}}
    id_ = browser.post("/patients", json=registration).raise_for_status().json()["patient_id"]
    browser.post("/login", json={"email": person.email, "password": person.password}).raise_for_status()
    browser.get(f"/patients/{id_}").raise_for_status()
    browser.post(f"/patients/{id_}/triage", json={"symptoms": person.complaint}).raise_for_status()
    appointment = {"starts_at": f"2026-12-{day:02}T10:00:00Z", "complaint": person.complaint}
    browser.post(f"/patients/{id_}/visits", json=appointment).raise_for_status()
    diagnosis = {"icd_code": person.icd_code, "note": person.note}
    browser.post(f"/patients/{id_}/diagnoses", json=diagnosis).raise_for_status()
    browser.get(f"/patients/{id_}/diagnoses").raise_for_status()
    card = {name: getattr(person, name) for name in ("card_number", "card_expiry", "card_cvc")}
    browser.post(f"/patients/{id_}/payments", json=card | {"amount_cents": 4500}).raise_for_status()
    browser.get(f"/patients/{id_}/invoices").raise_for_status()
    return str(id_)
