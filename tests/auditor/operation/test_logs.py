"""What a log line may hold: events, names and counts of ours; never a value that a library or an error quotes."""

from __future__ import annotations

import io
import json
import logging
import warnings
from collections.abc import Iterator

import pytest

from auditor.access.secret import Secret
from auditor.operation.logs import configure, tell

CANARY = "canary@example.com"


@pytest.fixture(params=["json", "text"])
def stream(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    handlers, level = logging.root.handlers, logging.root.level
    stream = io.StringIO()
    logging.captureWarnings(False)  # whoever had them captured before, pytest has taken them back
    for name in ("uvicorn", "uvicorn.error", "sqlglot", "auditor", "auditor.test", "py.warnings"):
        logger = logging.getLogger(name)  # as other tests have left it
        logger.disabled, logger.propagate, logger.handlers = False, True, []
        logger.setLevel(logging.NOTSET)
    configure(request.param, stream)
    yield stream
    logging.root.handlers, logging.root.level = handlers, level
    logging.captureWarnings(False)


def fail() -> None:
    raise ValueError(CANARY)


@pytest.mark.filterwarnings("default")
def test_no_value_gets_into_a_line(stream: io.StringIO) -> None:
    logging.getLogger("sqlglot").warning(f"cannot parse {CANARY}")
    logging.getLogger("uvicorn.error").error("%s went wrong", CANARY)
    logging.getLogger("uvicorn.error").error(ValueError(CANARY))
    logging.getLogger("foreign").warning("%s", CANARY, extra={"fields": {"a": CANARY}})
    logging.getLogger(f"x{CANARY}").warning("a")
    tell(logging.getLogger("auditor.test"), logging.WARNING, "told", secret=str(Secret(CANARY)))
    warnings.warn(CANARY, stacklevel=1)
    try:
        fail()
    except ValueError:
        logging.getLogger("auditor.test").exception("failed")
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n")
    lines = stream.getvalue()
    assert len(lines.splitlines()) == 9
    assert CANARY not in lines.replace(f"x{CANARY}", "")  # the name of a logger is code, not input
    assert "error=ValueError" in lines or '"error": "ValueError"' in lines
    assert "test_logs.py" in lines


def test_a_line_is_one_line_whatever_is_in_a_name(stream: io.StringIO) -> None:
    tell(logging.getLogger("auditor.test"), logging.INFO, "told", name="a\n\x1b[31mb\u202ec" + "x" * 1000, count=3)
    (line,) = stream.getvalue().splitlines()
    assert "\x1b" not in line
    assert "\u202e" not in line
    assert len(line) < 500


def test_json_has_its_fields() -> None:
    stream = io.StringIO()
    handlers, level = logging.root.handlers, logging.root.level
    configure("json", stream)
    tell(logging.getLogger("auditor.test"), logging.INFO, "told", name="ana", count=3)
    logging.root.handlers, logging.root.level = handlers, level
    logging.captureWarnings(False)
    found = json.loads(stream.getvalue())
    assert found.pop("time").endswith("Z")
    assert found == {"level": "INFO", "logger": "auditor.test", "event": "told", "name": "ana", "count": 3}
