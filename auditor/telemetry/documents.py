"""A stream of JSON text to documents: one on each line, or one in all, on as many lines as it likes."""

from __future__ import annotations

import io
from codecs import BOM_UTF8 as BOM
from collections.abc import Callable, Iterator

import orjson

from auditor.telemetry.json_columns import is_json
from auditor.telemetry.raw import Value

MAX_DOCUMENT = 256 << 20  # bytes of one document
NOT_COMPLETE = "is not complete JSON"
Fault = Callable[[str, str], None]  # where, what


class NotJson(ValueError):
    """Nothing in the stream is JSON."""


def read_documents(stream: io.BufferedReader, fault: Fault) -> Iterator[tuple[str, Value]]:
    """(where, document) of every JSON object or list. What cannot be read is told to `fault`, and reading goes on.

    Raises NotJson as `read_texts` does.
    """
    for where, text in read_texts(stream, fault):
        document = parse(text)
        if document is None:
            fault(where, NOT_COMPLETE)
        else:
            yield where, document


def read_texts(stream: io.BufferedReader, fault: Fault) -> Iterator[tuple[str, bytes]]:
    """(where, text) of what should be one JSON document each. Lines that are too long are told to `fault`.

    Raises NotJson when the stream is neither JSON lines nor one document. Messages never quote the input.
    """
    number, line = 0, b""
    while not line.strip():
        number += 1
        raw = stream.readline(MAX_DOCUMENT + 1)
        if not raw:
            return
        line = raw.removeprefix(BOM) if number == 1 else raw
    if not is_json(line):
        yield from _one_document(line, number, stream, fault)
        return
    yield f"line {number}", line
    yield from _lines(stream, number, fault)


def _one_document(line: bytes, number: int, stream: io.BufferedReader, fault: Fault) -> Iterator[tuple[str, bytes]]:
    """A document over several lines; when it is none, the lines that are documents by themselves."""
    data = line + stream.read(MAX_DOCUMENT)
    if len(data) > MAX_DOCUMENT:
        raise NotJson(f"a document larger than {MAX_DOCUMENT >> 20} MiB; export one request a line instead")
    if is_json(data):
        yield f"line {number}", data
        return
    lines = data.splitlines()
    if not any(parse(candidate) is not None for candidate in lines[1:] if len(candidate) > 2):
        raise NotJson(NOT_COMPLETE)
    del data
    yield from _lines(io.BytesIO(b"\n".join(lines)), number - 1, fault)


def _lines(stream: io.BufferedReader | io.BytesIO, number: int, fault: Fault) -> Iterator[tuple[str, bytes]]:
    while line := stream.readline(MAX_DOCUMENT + 1):
        number += 1
        if len(line) > MAX_DOCUMENT and not line.endswith(b"\n"):
            fault(f"line {number}", f"is longer than {MAX_DOCUMENT >> 20} MiB")
            while (rest := stream.readline(1 << 20)) and not rest.endswith(b"\n"):
                pass
        elif line.strip():
            yield f"line {number}", line


def parse(data: bytes) -> Value:
    """The object or list in `data`, or None. orjson's own messages are dropped: they describe the input."""
    try:
        document = orjson.loads(data)
    except (orjson.JSONDecodeError, RecursionError):
        return None
    return document if isinstance(document, (dict, list)) else None
