"""Where an OpenAPI or Swagger description says that its paths lie: base paths, with the hosts of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from auditor.schemas.document import Object, items_of, object_of, text_of

_MOST = 8  # base paths of one description; each makes its operations once more
_SCHEME = re.compile(r"^\{[^{}]*\}://")  # a variable without a default
_VARIABLE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Base:
    """A base path without a slash at its end, "" for none, and the hosts that serve under it."""

    path: str
    hosts: tuple[str, ...] = ()


def bases_of(holder: Object) -> list[Base]:
    """The base paths of an object with `servers`, or of a Swagger document; one at least."""
    found: dict[str, list[str]] = {}
    servers = items_of(holder.get("servers"))
    addresses = [_address(object_of(server)) for server in servers] or [_swagger(holder)]
    for address in addresses:
        try:
            parts = urlsplit(address)
            host = parts.hostname or ""
        except ValueError:
            continue
        hosts = found.setdefault(parts.path.rstrip("/"), [])
        if host and "{" not in host and host not in hosts:
            hosts.append(host)
    return [Base(path, tuple(hosts)) for path, hosts in list(found.items())[:_MOST]] or [Base("")]


def _address(server: Object) -> str:
    """A server's URL with the defaults of its variables."""
    variables = object_of(server.get("variables"))

    def default(match: re.Match[str]) -> str:
        return text_of(object_of(variables.get(match[1])).get("default")) or match[0]

    address = _SCHEME.sub("//", _VARIABLE.sub(default, text_of(server.get("url"))))
    return address if "//" in address or address.startswith("/") else f"/{address}"


def _swagger(root: Object) -> str:
    base = text_of(root.get("basePath"))
    host = text_of(root.get("host"))
    return f"//{host}/{base.lstrip('/')}" if host else f"/{base.lstrip('/')}"
