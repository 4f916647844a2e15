"""Would the live service start here, and keep its promises? Looks, and changes nothing."""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

from auditor.access.book import tokens_of
from auditor.access.setup import check_binding
from auditor.access.tokenfile import parse_tokens, read_token_file
from auditor.audits import load_audit
from auditor.config import load_config
from auditor.errors import AuditorError
from auditor.notify.webhook import secret_of
from auditor.operation import places
from auditor.operation.findings import Finding
from auditor.operation.settings import Oidc, Serve, load_serve

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
    yield from _access(settings, online)
    yield from _packages(settings)
    if settings.webhook:
        yield from _told("webhook", lambda: secret_of(os.environ), "its key is there")
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


def _access(settings: Serve, online: bool) -> Iterator[Finding]:
    yield from _told("access", lambda: check_binding(settings, os.environ), f"{settings.host} may be listened on")
    try:
        tokens = [*parse_tokens(tokens_of(os.environ), "AUDITOR_TOKENS")]
        tokens += read_token_file(settings.tokens) if settings.tokens else ()
    except AuditorError as error:
        yield Finding("tokens", "problem", str(error))
        return
    now = datetime.now(UTC)
    for token in tokens:
        if not token.good_at(now):
            yield Finding("tokens", "note", f"{token.name} has expired; auditor token revoke {token.name}")
        elif not token.good_at(now + SOON):
            yield Finding("tokens", "note", f"{token.name} expires on {token.expires:%Y-%m-%d}; make another in time")
    yield Finding("tokens", "ok", f"{sum(token.good_at(now) for token in tokens)} good")
    if settings.oidc and online and find_spec("jwt"):
        yield _issuer(settings.oidc)


def _issuer(settings: Oidc) -> Finding:
    from auditor.access.keys import KeysError
    from auditor.access.oidc import fetch_keys, get

    try:
        return Finding("oidc", "ok", f"the issuer has {len(fetch_keys(settings, get))} keys that can be used")
    except KeysError as error:
        return Finding("oidc", "problem", str(error))


def _packages(settings: Serve) -> Iterator[Finding]:
    needed = (("oidc", settings.oidc, ["jwt", "cryptography"]), ("tracing", settings.tracing, ["opentelemetry.sdk"]))
    for extra, configured, modules in needed:
        if configured and not _are_there(modules):
            yield Finding("packages", "problem", f"[serve] asks for more: install privacy-auditor[{extra}]")


def _are_there(modules: Iterable[str]) -> bool:
    try:
        return all(find_spec(module) for module in modules)
    except ModuleNotFoundError:  # of a package above it
        return False


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
