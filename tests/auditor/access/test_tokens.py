from __future__ import annotations

import contextlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.access.book import TokenBook
from auditor.access.decide import CannotTell
from auditor.access.model import SCOPES, Scope
from auditor.access.secret import Secret
from auditor.access.tokenfile import parse_tokens, read_token_file, write_token_file
from auditor.access.tokens import NAME, PREFIX, Token, bearer_of, new_secret
from auditor.errors import ConfigError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def token(
    name: str = "ana", scopes: tuple[Scope, ...] = ("read",), expires: datetime | None = None
) -> tuple[Secret, Token]:
    secret = new_secret()
    return secret, Token(name, secret.digest(), frozenset(scopes), expires)


def test_a_token_is_random_and_recognisable() -> None:
    texts = {new_secret().reveal() for _ in range(100)}
    assert len(texts) == 100
    assert all(text.startswith(PREFIX) and len(text) == len(PREFIX) + 43 for text in texts)


def test_who_holds_a_token() -> None:
    (first, ana), (second, bob) = token(), token("bob", ("ingest", "read"))
    assert (caller := bearer_of([ana, bob], second)) is not None
    assert (caller.name, caller.scopes) == ("bob", {"ingest", "read"})
    assert bearer_of([bob], first) is None
    assert bearer_of([ana, bob], Secret(ana.sha256)) is None  # what is at rest is no key


def test_a_token_ends_on_the_second() -> None:
    secret, ana = token(expires=NOON)
    assert bearer_of([ana], secret, NOON - timedelta(seconds=1)) is not None
    assert bearer_of([ana], secret, NOON) is None


def test_the_hash_is_not_in_the_repr() -> None:
    _, ana = token()
    assert ana.sha256 not in repr(ana)


tokens = st.builds(
    Token,
    st.from_regex(NAME, fullmatch=True),
    st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    st.frozensets(st.sampled_from(SCOPES), min_size=1),
    st.none()
    | st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
        lambda t: t.replace(microsecond=0)
    ),
)


@settings(max_examples=15, deadline=None)
@given(st.lists(tokens, max_size=5, unique_by=lambda one: one.name))
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, some: list[Token]) -> None:
    file = tmp_path_factory.mktemp("tokens") / "tokens.toml"
    write_token_file(file, some)
    assert read_token_file(file) == tuple(some)


@given(st.text())
def test_any_text_is_tokens_or_a_clear_error(text: str) -> None:
    with contextlib.suppress(ConfigError):
        parse_tokens(text, "here")


def test_all_mistakes_are_told_at_once_and_none_is_quoted() -> None:
    text = '[[tokens]]\nname = "Canary A"\nsha256 = "canary"\nscopes = ["canary"]\nexpires = 2026-01-01\ncanary = 1\n'
    text += "[[tokens]]\n"
    with pytest.raises(ConfigError) as caught:
        parse_tokens(text, "tokens.toml")
    said = str(caught.value)
    for word in ("token 1: may only say", "name must", "sha256 must", "scopes must", "expires must", "token 2: name"):
        assert word in said
    assert "anary" not in said


def test_two_of_a_name_are_refused() -> None:
    (_, one), (_, two) = token(), token()
    entries = ", ".join(f'{{name="{t.name}", sha256="{t.sha256}", scopes=["read"]}}' for t in (one, two))
    with pytest.raises(ConfigError, match="same name"):
        parse_tokens(f"tokens = [{entries}]", "x")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_can_touch_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "tokens.toml"
    write_token_file(file, [])
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(mode)
    with pytest.raises(ConfigError, match="chmod 600"):
        read_token_file(file)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_revoked_token_is_refused_within_a_second(tmp_path: Path) -> None:
    file, clock = tmp_path / "tokens.toml", Clock()
    secret, ana = token()
    write_token_file(file, [ana])
    book = TokenBook(file, clock=clock)
    assert book.recognise(secret)
    write_token_file(file, [])
    clock.now = 1.0
    assert book.recognise(secret) is None


def test_a_file_that_breaks_lets_nobody_in_until_it_is_mended(tmp_path: Path) -> None:
    file, clock = tmp_path / "tokens.toml", Clock()
    secret, ana = token()
    write_token_file(file, [ana])
    book = TokenBook(file, clock=clock)
    file.write_text("[[tokens]]\nname =")
    clock.now = 1.0
    with pytest.raises(CannotTell):
        book.recognise(secret)
    assert "not TOML" in (book.trouble() or "")
    os.unlink(file)
    clock.now = 2.0
    with pytest.raises(CannotTell):
        book.recognise(secret)
    write_token_file(file, [ana])
    clock.now = 3.0
    assert book.recognise(secret)
    assert book.trouble() is None


def test_tokens_may_come_from_the_environment() -> None:
    secret, ana = token()
    book = TokenBook(None, f'tokens = [{{name = "ana", sha256 = "{ana.sha256}", scopes = ["read"]}}]')
    assert book.recognise(secret)
    with pytest.raises(ConfigError, match="AUDITOR_TOKENS"):
        TokenBook(None, "tokens = 1")
