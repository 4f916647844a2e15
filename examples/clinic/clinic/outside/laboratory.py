"""The laboratory: tests samples."""

from __future__ import annotations

from itertools import count

from fastapi import FastAPI
from pydantic import BaseModel


class Order(BaseModel):
    """What to test."""

    test: str
    birth_date: str
    icd_codes: list[str]


class Accepted(BaseModel):
    """The sample's number."""

    sample: str


app = FastAPI(title="laboratory", version="1.0.0", servers=[{"url": "http://laboratory.example.test"}])
numbers = count(1)


@app.post("/orders")
def order(order: Order) -> Accepted:
    """Take an order."""
    return Accepted(sample=f"sample-{next(numbers)}")
