"""The insurer: pays claims."""

from __future__ import annotations

from fastapi import FastAPI
from pydantic import BaseModel


class Claim(BaseModel):
    """What a visit cost, and who is insured."""

    insurance_number: str
    amount_cents: int
    reference: str


class Decision(BaseModel):
    """Whether it is paid."""

    reference: str
    paid: bool


app = FastAPI(title="insurer", version="1.0.0", servers=[{"url": "http://insurer.example.test"}])


@app.post("/claims")
def claim(claim: Claim) -> Decision:
    """Pay a claim."""
    return Decision(reference=claim.reference, paid=True)
