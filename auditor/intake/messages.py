"""What a receiver hands in, and what it is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Signal = Literal["traces", "metrics", "logs"]
Form = Literal["protobuf", "json", "zipkin", "jaeger"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request, as it came. `encoding` is HTTP's Content-Encoding: "identity", "gzip", "deflate" or "zstd"."""

    signal: Signal
    form: Form
    encoding: str
    body: bytes


class Outcome(StrEnum):
    """What became of a request or of an item (a span, a data point, a log record)."""

    ACCEPTED = "accepted"  # on disk
    DEDUPLICATED = "deduplicated"  # was on disk already
    REJECTED = "rejected"  # not usable: sending it again helps nothing
    REFUSED = "refused"  # not now, or not so: too much, too large, no place


class Reason(StrEnum):
    """Why something was rejected or refused."""

    NONE = ""
    MALFORMED = "malformed"
    NO_SPAN = "no_span"
    NOT_USED = "not_used"
    FAILED = "failed"
    TOO_LARGE = "too_large"
    OVERLOAD = "overload"
    STORE = "store"
    STOPPING = "stopping"
    TOO_SLOW = "too_slow"
    NOT_SPOKEN = "not_spoken"  # a content type, encoding or method that this address does not take
    DENIED = "denied"
    GONE = "gone"  # the client did not wait for the answer


@dataclass(frozen=True, slots=True)
class Answer:
    """What to tell the sender. `message` quotes nothing; `rejected` counts items of a request that is accepted else."""

    outcome: Outcome
    reason: Reason = Reason.NONE
    rejected: int = 0
    message: str = ""
    retry_seconds: int | None = None


class Refused(Exception):
    """There is no room for this now."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.message)
        self.answer = answer
