"""What a span's name tells by itself, for sources that keep neither kinds nor attributes."""

from __future__ import annotations

import re

from auditor.telemetry.raw import Attributes

# The names that instrumentation of databases gives: `SELECT shop.orders`. A mapper's own span (`SELECT Order`) looks
# alike; where it lies around its driver's, the engine counts the driver's alone.
_STATEMENT = re.compile(r"(SELECT|INSERT|UPDATE|DELETE|MERGE|REPLACE) (?:([^\W\d][\w$\-]*)\.)?([^\W\d][\w$.\-]*)")
# A route, or a method of a remote service: what only something that is called has as its name.
_CALLED = re.compile(r"(?:[A-Z]{3,7} )?/\S*|[^\W\d][\w.]*/[^\W\d][\w.]*")


def database_of(name: str) -> Attributes:
    """The attributes of a database span of this name; none when it is no such name."""
    match = _STATEMENT.fullmatch(name)
    if match is None:
        return {}
    verb, namespace, table = match.groups()
    if namespace is None:
        return {"db.operation.name": verb}
    return {"db.operation.name": verb, "db.namespace": namespace, "db.collection.name": table}


def is_called(name: str) -> bool:
    """Whether the name is one of something that others call: a route or a remote method."""
    return _CALLED.fullmatch(name) is not None
