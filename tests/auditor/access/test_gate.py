from __future__ import annotations

from pathlib import Path

import pytest

from auditor.access.book import TokenBook
from auditor.access.decide import Doorman
from auditor.access.gate import ingest_gate
from auditor.access.ratelimit import Rate
from auditor.access.tokenfile import write_token_file
from auditor.access.tokens import Token, new_secret


def test_who_may_send(tmp_path: Path) -> None:
    sends, reads = new_secret(), new_secret()
    scopes = ((sends, "ingest"), (reads, "read"))
    write_token_file(tmp_path / "t.toml", [Token(s, secret.digest(), frozenset({s})) for secret, s in scopes])  # type: ignore[arg-type]
    gate = ingest_gate(Doorman([TokenBook(tmp_path / "t.toml")]), is_local=True)
    assert gate(f"Bearer {sends.reveal()}", "ipv4:192.0.2.7:4711") is None
    for shown, status in ((None, 401), ("Bearer x", 401), (f"Bearer {reads.reveal()}", 403)):
        assert (refused := gate(shown, "ipv4:192.0.2.7:4711")) is not None
        assert refused.status == status


@pytest.mark.parametrize(("is_local", "expected"), [(True, None), (False, 401)])
def test_without_tokens_only_where_nobody_else_can_reach(is_local: bool, expected: int | None) -> None:
    refused = ingest_gate(Doorman([]), is_local)(None, "ipv4:127.0.0.1:1")
    assert (refused and refused.status) == expected


def test_failures_count_by_address_whatever_the_port() -> None:
    class Nobody:
        def recognise(self, _: object) -> None:
            return None

    gate = ingest_gate(Doorman([Nobody()], failures=Rate(0.1, 1)), is_local=False)
    peers = ("ipv4:192.0.2.7:1", "ipv4:192.0.2.7:2", "ipv6:[2001:db8::1]:3", "ipv6:[2001:db8::2]:4", "unix:")
    assert [refused.status for peer in peers if (refused := gate("Bearer x", peer))] == [401, 429, 401, 429, 401]
