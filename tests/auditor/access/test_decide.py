from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.access.credentials import credential_of
from auditor.access.decide import CannotTell, Doorman
from auditor.access.model import Admitted, Caller, Knock, Refused
from auditor.access.ratelimit import Rate
from auditor.access.secret import Secret


class One:
    """Knows one secret, or nothing just now."""

    def __init__(self, text: str = "good", *, down: bool = False) -> None:
        self._text, self._down = text, down

    def recognise(self, credential: Secret) -> Caller | None:
        if self._down:
            raise CannotTell("not now")
        return Caller("ana", frozenset({"read"})) if credential.reveal() == self._text else None


READ = Knock("read", "192.0.2.7", local=False, credential=Secret("good"))


def status(doorman: Doorman, knock: Knock) -> int:
    decision = doorman.decide(knock)
    return 200 if isinstance(decision, Admitted) else decision.status


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 200),
        ({"credential": None}, 401),
        ({"credential": Secret("bad")}, 401),
        ({"credential": None, "local": True}, 401),  # with tokens, loopback needs one too
        ({"needs": "ingest"}, 403),
        ({"writes": True, "origin": "https://evil.example", "host": "audit.example"}, 403),
        ({"writes": True, "origin": "null", "host": "audit.example"}, 403),
        ({"writes": True, "origin": "https://audit.example", "host": "audit.example"}, 200),
        ({"writes": True, "host": "audit.example"}, 200),
        ({"origin": "https://evil.example", "host": "audit.example"}, 200),  # it cannot read the answer
    ],
)
def test_who_is_let_in(changes: dict[str, object], expected: int) -> None:
    assert status(Doorman([One()]), replace(READ, **changes)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(("local", "expected"), [(True, 200), (False, 401)])
def test_without_tokens_only_loopback_comes_in(local: bool, expected: int) -> None:
    for knock in (Knock("read", "192.0.2.7", local), Knock("approve", "127.0.0.1", local)):
        assert status(Doorman([]), knock) == expected


def test_several_recognisers_are_asked_in_turn() -> None:
    assert status(Doorman([One("other"), One()]), READ) == 200


def test_when_nobody_can_tell_nobody_comes_in() -> None:
    decision = Doorman([One(down=True)]).decide(READ)
    assert isinstance(decision, Refused)
    assert (decision.status, decision.retry_after) == (503, 1)


def test_requests_are_limited_by_caller() -> None:
    doorman = Doorman([One()], {"read": Rate(0.5, 2)})
    assert [status(doorman, READ) for _ in range(3)] == [200, 200, 429]
    decision = doorman.decide(READ)
    assert isinstance(decision, Refused)
    assert decision.retry_after == 2


def test_failures_are_limited_by_address_and_hold_up_no_token() -> None:
    doorman = Doorman([One()], failures=Rate(0.1, 2))
    bad = replace(READ, credential=Secret("bad"))
    assert [status(doorman, bad) for _ in range(3)] == [401, 401, 429]
    assert status(doorman, replace(bad, address="192.0.2.8")) == 401
    assert status(doorman, READ) == 200


@pytest.mark.parametrize(
    "knock",
    [
        replace(READ, needs="ingest"),
        replace(READ, writes=True, origin="https://evil.example", host="audit.example"),
        replace(READ, credential=None),
    ],
)
def test_every_refusal_is_limited_so_that_none_can_flood_the_trail(knock: Knock) -> None:
    doorman = Doorman([One()], {"ingest": Rate(0.1, 2)}, failures=Rate(0.1, 2))
    assert [status(doorman, knock) for _ in range(5)][2:] == [429] * 3


def test_one_host_of_ipv6_is_one_address() -> None:
    doorman = Doorman([One()], failures=Rate(0.1, 1))
    knocks = [replace(READ, credential=None, address=a) for a in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1")]
    assert [status(doorman, knock) for knock in knocks] == [401, 429, 401]


@pytest.mark.parametrize(
    ("header", "secret"),
    [
        ("Bearer abc", "abc"),
        ("bearer  abc ", "abc"),
        ("Basic YW5hOmFiYw==", "abc"),
        ("Basic OmFiYw==", "abc"),
        ("Basic YW5h", None),
        ("Basic !!", None),
        ("Basic /w==", None),
        ("Digest abc", None),
        ("Bearer", None),
        ("Bearer ", None),
        ("", None),
        (None, None),
        ("Bearer " + "a" * 20_000, None),
    ],
)
def test_what_authorization_holds(header: str | None, secret: str | None) -> None:
    found = credential_of(header)
    assert (found.reveal() if found else None) == secret


@given(st.text() | st.text().map(lambda text: f"Basic {text}") | st.text().map(lambda text: f"Bearer {text}"))
def test_no_header_breaks_it(text: str) -> None:
    found = credential_of(text)
    assert found is None or found.reveal()
