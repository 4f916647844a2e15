"""The file of tokens, and the same text in an environment variable:

[[tokens]]
name = "collector"
sha256 = "..."                   # of the token; the token itself is printed once and kept nowhere
scopes = ["ingest"]
expires = 2027-01-01T00:00:00Z   # optional
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from auditor.access.model import SCOPES, Scope
from auditor.access.tokens import NAME, Token
from auditor.errors import ConfigError
from auditor.files import write_private

MAX_TOKENS = 1000
_KEYS = {"name", "sha256", "scopes", "expires"}
_DIGEST = re.compile(r"[0-9a-f]{64}")
_HEAD = "# Tokens of the auditor, as SHA-256. Written by `auditor token`; delete an entry to revoke it.\n"


def read_token_file(path: Path) -> tuple[Token, ...]:
    """The tokens of a file that only its owner can touch. Raises ConfigError."""
    try:
        with path.open("rb") as file:
            _check_private(path, os.fstat(file.fileno()))  # of what was opened, not of what lies there by now
            text = file.read().decode("utf-8")
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror}); make it with: auditor token new NAME --scope SCOPE"
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text") from None
    return parse_tokens(text, str(path))


def parse_tokens(text: str, where: str) -> tuple[Token, ...]:
    """The tokens that `text` lists; `where` names it in errors. Raises ConfigError with all mistakes."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        raise ConfigError(f"{where}: is not TOML") from None  # its error would quote a line
    entries = data.get("tokens", [])
    if set(data) - {"tokens"} or not isinstance(entries, list) or len(entries) > MAX_TOKENS:
        raise ConfigError(f"{where}: must hold nothing but [[tokens]], at most {MAX_TOKENS}")
    mistakes = [f"token {n}: {text}" for n, entry in enumerate(entries, 1) for text in _mistakes(entry)]
    if not mistakes and len({entry["name"] for entry in entries}) < len(entries):
        mistakes = ["two tokens have the same name"]
    if mistakes:
        raise ConfigError(f"{where}: " + "; ".join(mistakes))
    return tuple(_token(entry) for entry in entries)


def write_token_file(path: Path, tokens: Iterable[Token]) -> None:
    """Replace the file atomically, readable to its owner only. Raises AuditorError."""
    write_private(path, _HEAD + "".join(_entry(token) for token in tokens))


def _check_private(path: Path, status: os.stat_result) -> None:
    if status.st_mode & 0o077:
        raise ConfigError(f"{path}: others than its owner may read or write it; run: chmod 600 {path}")
    if status.st_uid not in (os.geteuid(), 0):
        raise ConfigError(f"{path}: belongs to another user than the one who runs the auditor")


def _mistakes(entry: Any) -> list[str]:
    if not isinstance(entry, dict):
        return ["must be a table"]
    found = []
    if set(entry) - _KEYS:
        found.append(f"may only say {', '.join(sorted(_KEYS))}")
    if not NAME.fullmatch(str(entry.get("name", ""))):
        found.append("name must be of small letters, digits, '.', '_' and '-', at most 63")
    if not _DIGEST.fullmatch(str(entry.get("sha256", ""))):
        found.append("sha256 must be 64 hexadecimal digits, the hash of the token and not the token")
    scopes = entry.get("scopes")
    if not isinstance(scopes, list) or not scopes or not all(scope in SCOPES for scope in scopes):
        found.append(f"scopes must list some of: {', '.join(SCOPES)}")
    expires = entry.get("expires")
    if expires is not None and not (isinstance(expires, datetime) and expires.tzinfo):
        found.append("expires must be a time with its zone, such as 2027-01-01T00:00:00Z")
    return found


def _token(entry: dict[str, Any]) -> Token:
    return Token(
        entry["name"], entry["sha256"], frozenset(cast(Scope, one) for one in entry["scopes"]), entry.get("expires")
    )


def _entry(token: Token) -> str:
    scopes = ", ".join(f'"{scope}"' for scope in sorted(token.scopes))
    until = token.expires.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if token.expires else None
    end = f"expires = {until}\n" if until else ""
    return f'\n[[tokens]]\nname = "{token.name}"\nsha256 = "{token.sha256}"\nscopes = [{scopes}]\n{end}'
