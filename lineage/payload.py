"""Payload schemas: what a message can carry, and which endpoint carries which message.

Readers of protobuf, OpenAPI, Avro ... all end here, in one type language: sqlglot's type names (TEXT, BIGINT, BOOLEAN,
TIMESTAMP, `ARRAY<TEXT>`, `MAP<TEXT, TEXT>`, `STRUCT<...>`) as plain text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EndpointKind = Literal["http", "rpc", "graphql", "message"]
Place = Literal["body", "query", "path", "header", "cookie"]


@dataclass(frozen=True, slots=True)
class PayloadField:
    """A leaf of a payload.

    `path` are the names from the payload's root down, those of arrays' items left out: ("customer", "address",
    "city"). `format` is the schema's own hint (email, password, uuid ...). `categories` are fideslang keys that an
    annotation in the schema states: () means said not to be personal, None that nothing is said. `redacted` is True
    when the schema marks it as not to be logged. `line` is 1-based, 0 when unknown.
    """

    path: tuple[str, ...]
    type: str
    comment: str | None = None
    format: str | None = None
    categories: tuple[str, ...] | None = None
    redacted: bool = False
    place: Place = "body"
    line: int = 0

    @property
    def name(self) -> str:
        """The last name of the path."""
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Payload:
    """A payload type with all of its leaves, in declared order.

    `name` is the schema's own name of it (`clinic.v1.Patient`, `Patient`). `open` is True when it may carry more than
    it declares: an untyped object, `Any`, a free-form map, raw bytes of unknown form, or a type that was cut short.
    """

    name: str
    fields: tuple[PayloadField, ...]
    open: bool = False
    source: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Something that is called, or a channel that messages go through, with what it carries each way.

    `kind` and `name` together tell how an exchange is matched to it:
    - http: `METHOD /path/{parameter}`, base path included; `hosts` are those that the schema names, if any;
    - rpc: `package.Service/Method` (Thrift: `Service/method`);
    - graphql: `query field`, `mutation field` or `subscription field`, a field of the root type;
    - message: the channel's name (`{parameter}` allowed), or "" for a message type that no channel is declared for.
    `request` and `response` are None when the schema says that nothing is carried that way. For messages `request` is
    the message and `response` is None; `message_type` is the message's own name where several share a channel.
    All answers of an endpoint, errors too, are one `response`. `service` is whom the user bound the file to.
    """

    kind: EndpointKind
    name: str
    request: Payload | None
    response: Payload | None
    service: str | None = None
    hosts: tuple[str, ...] = ()
    message_type: str | None = None
    source: str = ""
    line: int = 0
