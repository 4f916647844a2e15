"""Reads the body of a request, within the room that the intake has."""

from __future__ import annotations

import asyncio

from starlette.types import Receive

from auditor.intake import Intake
from auditor.intake.messages import Answer, Outcome, Reason, Refused
from auditor.intake.room import PER_REQUEST


class Gone(Exception):
    """The client is not there any more."""


async def read_body(receive: Receive, intake: Intake) -> bytes:
    """The body, as it came. Room for it and for the request is taken. Raises Refused or Gone, and then none is."""
    parts: list[bytes] = []
    taken = 0
    try:
        intake.admit(PER_REQUEST)
        taken = PER_REQUEST
        async with asyncio.timeout(intake.limits.body_seconds):
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Gone
                part = message.get("body", b"")
                more = message.get("more_body", False)
                if taken - PER_REQUEST + len(part) > intake.limits.request_bytes:
                    raise Refused(too_large(intake))
                intake.admit(len(part))
                taken += len(part)
                parts.append(part)
    except TimeoutError:
        intake.room.give_back(taken)
        raise Refused(Answer(Outcome.REFUSED, Reason.TOO_SLOW, message="the body came too slowly")) from None
    except BaseException:
        intake.room.give_back(taken)
        raise
    return b"".join(parts)


def too_large(intake: Intake) -> Answer:
    """What is told of a body above the limit."""
    what = f"the body is larger than {intake.limits.request_bytes} bytes: send smaller batches"
    return Answer(Outcome.REFUSED, Reason.TOO_LARGE, message=what)
