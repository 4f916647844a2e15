"""The words of proposals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from lineage.findings import WaiverKind

Action = Literal["approve", "waive", "correct"]


class Unfit(Exception):
    """A wish that cannot be proposed. The message is for the user and quotes nothing that they said."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to change, and why.

    approve: `ids` of exposures or leaks, for a `purpose`. waive: one id for a time, until `expires` (None: the usual
    time), with the `owner` who answers for it. correct: the fields that `match` have the `category` ("none": none).
    `by` is the name that they gave, `caller` the one that they were let in by, if any.
    """

    action: Action
    by: str
    reason: str
    ids: tuple[str, ...] = ()
    purpose: str = ""
    owner: str = ""
    expires: date | None = None
    kind: WaiverKind = "accepted_risk"
    match: str = ""
    category: str = ""
    caller: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A wish as a change to a file: `patch` is a unified diff for `git apply`, `title` and `body` (Markdown) go with
    it as a pull request."""

    title: str
    patch: str
    body: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft in the log: its number and time (RFC 3339 UTC), and the digest that seals it and all before it."""

    number: int
    at: str
    wish: Wish
    draft: Draft
    digest: str
