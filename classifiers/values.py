"""Personal data in a text from telemetry. The text is judged in memory and forgotten; only categories come out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from classifiers import patterns
from classifiers.checksums import is_card, is_iban, is_us_tax_number
from classifiers.patterns import BANK, CARD, EMAIL, IP, NATIONAL_ID, PHONE, SECRET, TOKEN

_LIMIT = 4096  # characters
# A text without any of these holds nothing that is looked for here; most texts end at that.
_MARKS = ("@", "%40", "eyJ")
_NUMBER = re.compile(r"\d(?:[\d .()\-]{5,32}\d|(?<=[A-Z]{2}\d)\d[ A-Z0-9]{8})")  # a first digit is found fast
# Where `scan_text` finds something in an ASCII text, this finds something too; in signs that every engine of patterns
# knows. An escape of percent-encoding may be anything.
CANDIDATE = (
    r"@|%[0-9A-Fa-f]{2}|eyJ|\+[1-9]|(?i:ssn|social security)|[0-9]{3}-[0-9]{2}-[0-9]{4}|"
    r"[0-9]{13}|[0-9]{4}[ \-](?:[0-9]{4}[ \-][0-9]{4}[ \-]|[0-9]{6}[ \-])[0-9]{4}|"
    r"[A-Z]{2}[0-9]{2}(?:[A-Z0-9]{11}| [A-Z0-9]{4} [A-Z0-9]{4})"
)
_NUMBERS = re.compile(r"\d[\d .()\-]{5,32}\d")
_SHORTEST = len("123-45-6789")  # of all that is found by its digits and has no +
_ADDRESS = re.compile(r"(?<![\w.:])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")


def scan_text(text: str, *, addresses: bool = False) -> frozenset[str]:
    """The fideslang categories found in a text: an attribute's value, an SQL literal, an exception's message.

    High precision: e-mail addresses, card numbers (issuer, length, Luhn), IBANs (country, length, mod 97), US social
    security numbers with dashes or named as such, phone numbers with a country code, JSON web tokens, and passwords in
    URLs. IPv4 addresses only when `addresses` is set, and then public ones only: telemetry is full of hosts.
    Percent-encoded text is decoded first. At most 4,096 characters are looked at.
    """
    text = text[:_LIMIT]
    if not may_hold(text):
        return frozenset()
    return frozenset(_scan(unquote(text) if "%" in text else text, addresses))


def may_hold(text: str) -> bool:
    """Whether `scan_text` may find something in a text or in any part of it; most texts are settled by this."""
    return any(mark in text for mark in _MARKS) or _NUMBER.search(text) is not None


def _scan(text: str, addresses: bool) -> Iterator[str]:
    if "@" in text:
        if patterns.has_email(text):
            yield EMAIL
        if patterns.USER_INFO.search(text):
            yield SECRET
    if "eyJ" in text and patterns.JWT.search(text):
        yield TOKEN
    if len(text) < _SHORTEST and "+" not in text and not addresses:
        return
    if not _NUMBERS.search(text) and not patterns.IBAN_RUN.search(text):
        return
    if any(is_iban(run[0]) for run in patterns.IBAN_RUN.finditer(text)):
        yield BANK
    if any(is_card(run[0]) for run in patterns.CARD_RUN.finditer(text)):
        yield CARD
    runs = (run[0] for run in patterns.SSN_RUN.finditer(text))
    if any(map(is_us_tax_number, runs)) or patterns.SSN_NAMED.search(text):
        yield NATIONAL_ID
    if "+" in text and patterns.PHONE_RUN.search(text):
        yield PHONE
    if addresses and any(patterns.is_public_ip(run[0]) for run in _ADDRESS.finditer(text)):
        yield IP
