"""The tokens in force: from the file, read again when it changes, and from the environment."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from auditor.access.decide import CannotTell
from auditor.access.model import Caller
from auditor.access.secret import Secret
from auditor.access.tokenfile import parse_tokens, read_token_file
from auditor.access.tokens import Token, bearer_of
from auditor.errors import ConfigError

VARIABLE = "AUDITOR_TOKENS"
_LOOK_EVERY = 1.0  # seconds


class TokenBook:
    """A recogniser of static tokens. Raises ConfigError at the start when they cannot be read.

    A revoked token is refused within a second. When the file becomes unreadable nobody is recognised: it fails closed.
    """

    def __init__(self, file: Path | None, text: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self._file, self._clock = file, clock
        self._fixed = parse_tokens(text, VARIABLE)
        self._seen = _signature(file)
        self._looked = clock()
        self._tokens: tuple[Token, ...] | None = self._read()

    def recognise(self, credential: Secret) -> Caller | None:
        """Whose token it is."""
        self._look()
        if self._tokens is None:
            raise CannotTell("The tokens cannot be read just now.")
        return bearer_of(self._tokens, credential)

    @property
    def tokens(self) -> tuple[Token, ...]:
        """Those in force; none while they cannot be read."""
        return self._tokens or ()

    def trouble(self) -> str | None:
        """What is wrong with the file, for the operator; None when all is well."""
        self._look()
        try:
            self._read()
        except ConfigError as error:
            return str(error)
        return None

    def _look(self) -> None:
        if self._file is None or self._clock() - self._looked < _LOOK_EVERY:
            return
        self._looked = self._clock()
        seen = _signature(self._file)
        if seen == self._seen and self._tokens is not None:
            return
        self._seen = seen
        try:
            self._tokens = self._read()
        except ConfigError:
            self._tokens = None

    def _read(self) -> tuple[Token, ...]:
        tokens = self._fixed + (read_token_file(self._file) if self._file else ())
        if len({token.name for token in tokens}) < len(tokens):
            raise ConfigError(f"{self._file}: a token of {VARIABLE} has the same name")
        return tokens


def tokens_of(environment: Mapping[str, str]) -> str:
    """The text of the tokens that the environment holds."""
    return environment.get(VARIABLE, "")


def _signature(file: Path | None) -> tuple[int, ...]:
    if file is None:
        return ()
    try:
        status = os.stat(file)
    except OSError:
        return ()
    return status.st_mtime_ns, status.st_size, status.st_ino, status.st_mode, status.st_uid
