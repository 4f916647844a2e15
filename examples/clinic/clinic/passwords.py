"""Passwords are kept as salted hashes."""

from __future__ import annotations

import hashlib


def hashed(password: str, email: str) -> str:
    """What the database keeps of a password. The salt is the address, so that recordings are repeatable."""
    return hashlib.pbkdf2_hmac("sha256", password.encode(), email.encode(), 10_000).hex()
