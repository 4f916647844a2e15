"""Would the live service start here, and keep its promises? Looks, and changes nothing."""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from auditor.access.book import TokenBook, tokens_of
from auditor.audits import load_audit
from auditor.config import load_config
from auditor.errors import AuditorError
from auditor.operation import places
from auditor.operation.findings import Finding
from auditor.operation.settings import Oidc, Serve, load_serve
from auditor.operation.start import checks

SOON = timedelta(days=14)
_FIRST_BAD, _LAST_BAD = (3, 7, 0), (3, 51, 2)  # SQLite: "The WAL Reset Bug", fixed in 3.51.3


def examine(config: str | None, audit: str | None, store: list[Path], online: bool) -> Iterator[Finding]:
    """All findings, in the order of a start."""
    yield from _told("settings", lambda: load_config(config), "the settings of audits are good")
    settings = Serve()
    try:
        settings = load_serve(config)
        yield Finding("settings", "ok", "[serve] is good")
    except AuditorError as error:
        yield Finding("settings", "problem", str(error))
    for name, check in checks(settings, os.environ):
        yield from _told(name, check, "as it should be")
    yield from _ends_of_tokens(settings)
    if settings.oidc and online:
        yield _issuer(settings.oidc)
    if audit:
        yield from _told("audit", lambda: load_audit(audit), f"{audit} can be served")
    own = [*store, *([settings.state] if settings.state else [])]
    yield from places.folders([*own, *([settings.trail.parent] if settings.trail else [])])
    yield from places.stores(own)
    yield _sqlite(sqlite3.sqlite_version_info)
    yield _port(settings.host, settings.port)
    if os.geteuid() == 0:
        yield Finding("user", "note", "this is root; run the service as a user of its own")


def _told(check: str, look: Callable[[], object], good: str) -> Iterator[Finding]:
    try:
        look()
        yield Finding(check, "ok", good)
    except AuditorError as error:
        yield Finding(check, "problem", str(error))


def _ends_of_tokens(settings: Serve) -> Iterator[Finding]:
    try:
        tokens = TokenBook(settings.tokens, tokens_of(os.environ)).tokens
    except AuditorError:
        return  # told already
    now = datetime.now(UTC)
    for token in tokens:
        if not token.good_at(now):
            yield Finding("tokens", "note", f"{token.name} has expired; auditor token revoke {token.name}")
        elif not token.good_at(now + SOON):
            yield Finding("tokens", "note", f"{token.name} expires on {token.expires:%Y-%m-%d}; make another in time")


def _issuer(settings: Oidc) -> Finding:
    try:
        from auditor.access.keys import KeysError
        from auditor.access.oidc import fetch_keys, get
    except ImportError:
        return Finding("oidc", "problem", "its issuer cannot be asked: install privacy-auditor[oidc]")
    try:
        return Finding("oidc", "ok", f"the issuer has {len(fetch_keys(settings, get))} keys that can be used")
    except KeysError as error:
        return Finding("oidc", "problem", str(error))


def _sqlite(version: tuple[int, ...]) -> Finding:
    name = ".".join(map(str, version))
    if not _FIRST_BAD <= version <= _LAST_BAD:
        return Finding("sqlite", "ok", f"SQLite {name}")
    return Finding(
        "sqlite",
        "note",
        f"SQLite {name} can damage a database when two connections write at once (fixed in 3.51.3). The service writes "
        "with one; let no other program write into its folder",
    )


def _port(host: str, port: int) -> Finding:
    bare = host.strip("[]")
    try:
        with socket.create_server((bare, port), family=socket.AF_INET6 if ":" in bare else socket.AF_INET):
            return Finding("port", "ok", f"{host}:{port} is free")
    except OSError as error:
        return Finding("port", "note", f"{host}:{port}: {error.strerror}; good if that is the service itself")
