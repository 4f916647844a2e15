"""The billing service: HTTP in front of the database `billing`; charges cards outside, leaves claims to a worker."""

from __future__ import annotations

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from clinic.clients import outside
from clinic.store import Store


class Payer(BaseModel):
    """Who pays, and with what."""

    patient_id: int
    payer_name: str
    payer_email: str
    insurance_number: str
    amount_cents: int
    card_number: str
    card_expiry: str
    card_cvc: str


class Receipt(BaseModel):
    """What the payer gets."""

    invoice_id: int
    card_last_four: str
    status: str


class Invoice(BaseModel):
    """An invoice as it is shown."""

    invoice_id: int
    payer_name: str
    amount_cents: int
    status: str


app = FastAPI(title="billing", version="1.0.0")
run = Store("billing").run
provider = outside("billing", "payments.example.test")


@app.post("/payments")
def pay(payer: Payer) -> Receipt:
    """Write an invoice, charge the card, keep a token and the card's last four digits."""
    [(invoice_id,)] = run(
        "INSERT INTO invoices (patient_id, payer_name, payer_email, insurance_number, amount_cents)"
        " VALUES (%s, %s, %s, %s, %s) RETURNING invoice_id",
        payer.patient_id,
        payer.payer_name,
        payer.payer_email,
        payer.insurance_number,
        payer.amount_cents,
    )
    charge = {
        "amount": payer.amount_cents,
        "cardholder": payer.payer_name,
        "card": {"number": payer.card_number, "expiry": payer.card_expiry, "cvc": payer.card_cvc},
        "receipt_email": payer.payer_email,
    }
    answer = provider.post("/v1/charges", json=charge)
    if answer.status_code != 200:
        raise HTTPException(502, "the payment provider refused")
    last_four = payer.card_number[-4:]
    run(
        "INSERT INTO payments (invoice_id, provider_token, card_last_four) VALUES (%s, %s, %s)",
        invoice_id,
        answer.json()["token"],
        last_four,
    )
    run("UPDATE invoices SET status = 'paid' WHERE invoice_id = %s", invoice_id)
    run(
        "INSERT INTO insurance_jobs (invoice_id, patient_id, payer_name, insurance_number, amount_cents)"
        " VALUES (%s, %s, %s, %s, %s)",
        invoice_id,
        payer.patient_id,
        payer.payer_name,
        payer.insurance_number,
        payer.amount_cents,
    )
    return Receipt(invoice_id=invoice_id, card_last_four=last_four, status="paid")


@app.get("/invoices/{patient_id}")
def invoices(patient_id: int) -> list[Invoice]:
    """The invoices of a patient."""
    rows = run(
        "SELECT invoice_id, payer_name, amount_cents, status FROM invoices WHERE patient_id = %s ORDER BY issued_at",
        patient_id,
    )
    return [
        Invoice(invoice_id=i, payer_name=name, amount_cents=cents, status=status) for i, name, cents, status in rows
    ]
