"""Logs without values: an event, names and counts. What libraries say is shown only as far as it cannot quote input.

An exception is its type and the places it went through, never its text: that may hold what was being read.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import IO, Literal

from auditor.errors import places_of
from reports.text import visible

Value = str | int | float | bool | None
_OWN = ("auditor", "api")
_TEMPLATES = ("uvicorn",)  # says literal texts with arguments apart: the texts are shown, the arguments are not
MAX_TEXT = 200  # characters of a name


def tell(logger: logging.Logger, level: int, event: str, **fields: Value) -> None:
    """Log an event with its fields. Only names, ids and counts may be given."""
    logger.log(level, event, extra={"fields": fields})


class _Formatter(logging.Formatter):
    """The parts of a record that may be shown."""

    def fields(self, record: logging.LogRecord) -> Mapping[str, Value]:
        """Time (RFC 3339 UTC), level, logger, event and its own fields."""
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        found: dict[str, Value] = {
            "time": when.replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": visible(record.name, MAX_TEXT),
            "event": _event(record),
        }
        own = getattr(record, "fields", {}) if record.name.partition(".")[0] in _OWN else {}
        found |= {key: visible(value, MAX_TEXT) if isinstance(value, str) else value for key, value in own.items()}
        if record.exc_info and record.exc_info[1]:
            found |= {"error": type(record.exc_info[1]).__name__, "at": places_of(record.exc_info[1])}
        return found


class JsonLines(_Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        return json.dumps(self.fields(record), ensure_ascii=True)


class Text(_Formatter):
    """One line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        fields = dict(self.fields(record))
        head = " ".join(str(fields.pop(key)) for key in ("time", "level", "event"))
        return " ".join([head, *(f"{key}={value}" for key, value in fields.items() if key != "logger")])


def configure(kind: Literal["json", "text"] | str, stream: IO[str] | None = None) -> None:
    """Send every log of this process through here, and nothing beside."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if kind == "json" else Text())
    logging.root.handlers = [handler]
    logging.root.setLevel(logging.WARNING)
    for name in _OWN:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.captureWarnings(True)


def _event(record: logging.LogRecord) -> str:
    if record.name.partition(".")[0] in (*_OWN, *_TEMPLATES) and isinstance(record.msg, str):
        return visible(record.msg.partition("\n")[0], MAX_TEXT)
    return f"withheld, from {record.module}:{record.lineno}"
