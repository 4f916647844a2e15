"""The URL of a store of traces: where it is, who asks, and what may be said of it.

User, password and token go into requests and nowhere else: no error, report or name shows them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from auditor.errors import InputError

_SCHEME = re.compile(r"(?P<kind>clickhouse|jaeger|tempo)(?:\+(?P<transport>https?))?://", re.IGNORECASE)
_PORTS = {("clickhouse", False): 8123, ("clickhouse", True): 8443, ("jaeger", False): 16686, ("tempo", False): 3200}
_OPTIONS = {"clickhouse": ("table",), "jaeger": ("limit",), "tempo": ("limit", "tenant")}
_MANY = 10_000
USER, PASSWORD, TOKEN, TENANT = (f"AUDITOR_TRACES_{name}" for name in ("USER", "PASSWORD", "TOKEN", "TENANT"))
FORM = (
    "a store of traces is clickhouse://USER:PASSWORD@HOST:PORT/DATABASE?table=otel_traces, jaeger+http://HOST:16686 or "
    "tempo+http://HOST:3200 (or +https), with special characters in USER and PASSWORD percent-encoded"
)


@dataclass(frozen=True, slots=True)
class Address:
    """A store of traces. `path` has no slash at its end; the database and table of ClickHouse are apart from it."""

    kind: str
    secure: bool
    host: str
    port: int
    path: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    tenant: str | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Where requests go."""
        return f"http{'s' if self.secure else ''}://{self._place}{self.path}"

    @property
    def shown(self) -> str:
        """The address as it may be shown."""
        if self.kind == "clickhouse":
            return f"clickhouse{'+https' if self.secure else ''}://{self._place}/{self.database}/{self.table}"
        return f"{self.kind}+{self.url}"

    @property
    def database(self) -> str:
        """ClickHouse's database."""
        return self.path.strip("/") or "default"

    @property
    def table(self) -> str:
        """ClickHouse's table of spans."""
        return self.options.get("table", "otel_traces")

    @property
    def limit(self) -> int:
        """How many traces are asked for at a time."""
        return int(self.options.get("limit", 200))

    @property
    def _place(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def is_store_url(text: str) -> bool:
    """Whether an argument is the URL of a store of traces."""
    return _SCHEME.match(text) is not None


def read_address(url: str, environment: Mapping[str, str] = os.environ) -> Address:
    """The address in a URL; what it does not say of who asks, the environment may. Raises InputError, quoting nothing
    where it is not clear which part is the password."""
    match = _SCHEME.match(url)
    if match is None or url.count("@") > 1:
        raise InputError(FORM)
    kind, transport = match["kind"].lower(), (match["transport"] or "").lower()
    if kind != "clickhouse" and not transport:
        raise InputError(f"{kind}://: say {kind}+http:// or {kind}+https://")
    secure = transport == "https"
    try:
        parts = urlsplit(f"//{url[match.end() :]}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise InputError(FORM) from None
    if not host or not re.fullmatch(r"[\w.:%-]+", host) or parts.fragment:
        raise InputError(FORM)
    user, password = _part(parts.username), _part(parts.password)
    named, options = user is not None, _options(parts, kind)
    return Address(
        kind=kind,
        secure=secure,
        host=host,
        port=port or _PORTS.get((kind, secure), 443),
        path=parts.path.rstrip("/"),
        options=options,
        user=user if named else environment.get(USER),
        password=password if password is not None else environment.get(PASSWORD),
        token=None if named else _header(TOKEN, environment.get(TOKEN)),
        tenant=_header(TENANT, options.get("tenant", environment.get(TENANT))),
    )


def _options(parts: SplitResult, kind: str) -> dict[str, str]:
    found = dict(parse_qsl(parts.query, keep_blank_values=True))
    known = _OPTIONS[kind]
    if set(found) - set(known):
        raise InputError(f"the URL of a {kind} store takes after its ? only {', '.join(known)}")
    limit = found.get("limit", "1")
    if not limit.isdecimal() or not 0 < int(limit) <= _MANY:
        raise InputError(f"limit in the URL of a {kind} store is a number from 1 to {_MANY:,}")
    return found


def _part(text: str | None) -> str | None:
    return None if text is None else unquote(text)


def _header(name: str, text: str | None) -> str | None:
    """A text that goes into a header as it is."""
    if text is not None and not re.fullmatch(r"[!-~]+(?: [!-~]+)*", text):
        raise InputError(f"{name}: is empty, or holds characters that no token or tenant has")
    return text
