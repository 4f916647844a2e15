"""`[serve]` of auditor.toml: how the live service runs and who gets in. Checked whole before anything starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

from auditor.access.decide import LIMITS
from auditor.access.model import SCOPES, Scope
from auditor.access.ratelimit import Rate
from auditor.config import config_file
from auditor.errors import ConfigError
from auditor.operation.receiving import Receiving, read_receiving
from auditor.operation.table import Table
from auditor.outbound import wrong_address
from auditor.tomlfile import read_toml

ALGORITHMS = (*(f"{kind}{size}" for kind in ("RS", "PS", "ES") for size in (256, 384, 512)), "EdDSA")


@dataclass(frozen=True, slots=True)
class Oidc:
    """Whose bearer tokens are good. `keys_url` is where its keys are; empty: as the issuer's discovery document says.

    `claim` is the dotted path of the claim with the caller's roles, `roles` the scopes that each of them gives.
    """

    issuer: str
    audience: str
    keys_url: str = ""
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    claim: str = "roles"
    roles: Mapping[str, frozenset[Scope]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where news of new exposures go. Its key comes from AUDITOR_WEBHOOK_SECRET, never from this file."""

    url: str
    attempts: int = 12


@dataclass(frozen=True, slots=True)
class Serve:
    """How the live service runs. Paths are absolute, times in seconds.

    `hosts` are the Host headers that are answered beside loopback's, `proxies` the addresses whose X-Forwarded-* are
    believed. `tokens` is the file of tokens, `trail` the file of who asked what, `state` the folder of what the service
    has to remember, `proposals` that of proposed decisions, `lock` the lock that they would change; each None when
    there is none. `otlp_port` and `grpc_port` are where a service with a store takes OTLP beside `port`, 0: nowhere.
    `tracing` is the OTLP endpoint for traces of itself; empty: none. `receiving` is for a service with a store.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    hosts: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    tokens: Path | None = None
    trail: Path | None = None
    state: Path | None = None
    proposals: Path | None = None
    lock: Path | None = None
    otlp_port: int = 4318
    grpc_port: int = 4317
    drain: float = 5.0
    log: str = "text"
    tracing: str = ""
    receiving: Receiving = field(default_factory=Receiving)
    limits: Mapping[Scope, Rate] = field(default_factory=lambda: dict(LIMITS))
    oidc: Oidc | None = None
    webhook: Webhook | None = None


def load_serve(path: str | None) -> Serve:
    """The settings of the live service. Raises ConfigError with all mistakes at once."""
    file = config_file(path)
    if file is None:
        return Serve()
    found = read_toml(file)
    if found is None:
        raise ConfigError(f"{file}: cannot be read (no such file)")
    settings, mistakes = read_serve(found[1].get("serve", {}), file.resolve().parent)
    if mistakes:
        raise ConfigError(f"{file}: " + "; ".join(mistakes))
    return settings


def read_serve(data: Any, folder: Path) -> tuple[Serve, list[str]]:
    """The settings that a `[serve]` table says, and its mistakes; paths are taken from `folder`."""
    table = Table("serve", data, [])

    def place(key: str) -> Path | None:
        name = table.text(key)
        return folder / name if name else None

    settings = Serve(
        host=table.text("host", "127.0.0.1"),
        port=table.integer("port", 8080, 0, 65_535),
        hosts=tuple(name.lower() for name in table.texts("hosts")),
        proxies=table.texts("proxies"),
        tokens=place("tokens"),
        trail=place("trail"),
        state=place("state"),
        proposals=place("proposals"),
        lock=place("lock"),
        otlp_port=table.integer("otlp_port", 4318, 0, 65_535),
        grpc_port=table.integer("grpc_port", 4317, 0, 65_535),
        drain=table.number("drain", 5.0, 0, 600),
        log=table.choice("log", "text", ("text", "json")),
        tracing=_address(table, "tracing"),
        receiving=read_receiving(table.table("store"), table.table("intake")),
        limits=_limits(table.table("limits")),
        oidc=_oidc(table.table("oidc")) if table.has("oidc") else None,
        webhook=_webhook(table.table("webhook")) if table.has("webhook") else None,
    )
    table.end()
    if settings.webhook and not settings.state:
        table.mistake("state", "must name a folder: the webhook remembers there what it has told")
    return settings, table.mistakes


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a service that listens on `host`."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _limits(table: Table) -> Mapping[Scope, Rate]:
    limits = dict(LIMITS)
    for scope in SCOPES:
        limit = table.table(scope)
        usual = limits[scope]
        limits[scope] = Rate(
            limit.number("per_second", usual.per_second, 0.01, 1_000_000),
            limit.integer("burst", usual.burst, 1, 1_000_000),
        )
        limit.end()
    table.end()
    return limits


def _oidc(table: Table) -> Oidc:
    found = Oidc(
        issuer=_address(table, "issuer"),
        audience=table.text("audience"),
        keys_url=_address(table, "keys_url"),
        algorithms=table.texts("algorithms", ("RS256", "ES256")),
        claim=table.text("claim", "roles"),
        roles={role: frozenset(cast("tuple[Scope]", scopes)) for role, scopes in table.mapping("roles").items()},
    )
    for key in ("issuer", "audience", "roles"):
        if not table.has(key):
            table.mistake(key, "must be said")
    if not set(found.algorithms) <= set(ALGORITHMS) or not found.algorithms:
        table.mistake("algorithms", f"must be some of: {', '.join(ALGORITHMS)}")
    if any(scope not in SCOPES for scopes in found.roles.values() for scope in scopes):
        table.mistake("roles", f"may only give these scopes: {', '.join(SCOPES)}")
    table.end()
    return found


def _webhook(table: Table) -> Webhook:
    found = Webhook(_address(table, "url"), table.integer("attempts", 12, 1, 100))
    if not found.url:
        table.mistake("url", "must be said")
    table.end()
    return found


def _address(table: Table, key: str) -> str:
    address = table.text(key)
    if address and (wrong := wrong_address(address)):
        table.mistake(key, wrong)
    return address
