"""The mail provider: sends a letter to an address."""

from __future__ import annotations

from itertools import count

from fastapi import FastAPI
from pydantic import BaseModel


class Recipient(BaseModel):
    """Who gets the letter."""

    email: str
    name: str


class Values(BaseModel):
    """What is filled in."""

    starts_at: str


class Letter(BaseModel):
    """A letter from a template."""

    template: str
    to: Recipient
    values: Values


class Accepted(BaseModel):
    """The letter's number."""

    letter: str


app = FastAPI(title="mail", version="3.0.0", servers=[{"url": "http://mail.example.test"}])
numbers = count(1)


@app.post("/v3/send")
def send(letter: Letter) -> Accepted:
    """Send a letter."""
    return Accepted(letter=f"letter-{next(numbers)}")
