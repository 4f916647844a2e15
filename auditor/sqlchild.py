"""The process that reads statements: python -m auditor.sqlchild, with a socket of its parent's for standard input.

It answers requests in order until its other end is closed. Its alarm ends it when one takes too long, parent or not.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Mapping, Sequence

from auditor.frames import packed, received
from lineage.sql.analyse import analyse
from lineage.sql.facts import StatementFacts

MEMORY = 4 << 30  # bytes of address space
LIFETIME = 60  # seconds for one statement, should the parent not be there to end it


def limit() -> None:
    """No more memory than is decent, no core file with statements in it, and Ctrl-C is for the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):  # not everywhere; the deadline still holds
        pass


def serve(stream: socket.socket) -> None:
    """Requests are (slot, schema): keep it; or (text, dialect, slot or None, texts before it): answer it."""
    schemas: dict[int, Mapping[str, Sequence[str]]] = {}
    while True:
        signal.alarm(0)
        match received(stream):
            case int(slot), dict(schema):
                schemas[slot] = schema
            case str(sql), dialect, slot, before:
                signal.alarm(LIFETIME)
                try:
                    facts = analyse(sql, dialect, schemas.get(slot), before)
                except MemoryError:
                    facts = StatementFacts("none")
                stream.sendall(packed(facts))


def main() -> None:
    """Says that it is ready, then answers."""
    limit()
    with socket.socket(fileno=0) as stream:
        try:
            stream.sendall(packed("ready"))
            serve(stream)
        except (EOFError, OSError):
            return


if __name__ == "__main__":
    main()
