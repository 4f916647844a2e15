"""What audits of the live service are made with beside telemetry; read again whenever a file of it changes."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from threading import Lock

from auditor.audit import assemble
from auditor.config import DEFAULT_FILE, Config, load_config
from auditor.engine.naming import named
from auditor.errors import AuditorError
from auditor.gate import clock
from auditor.gate.folder import Decisions, Folder, load_decisions
from auditor.material import Material, Sources, read_material
from auditor.operation.logs import tell
from auditor.sqlworker import StatementReader
from lineage.audit import Audit
from lineage.dark import Connection
from lineage.gate.judge import judge
from lineage.system import SystemModel

Stamp = tuple[date, frozenset[tuple[str, int, int, int]]]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Files:
    """Where the rest of an audit comes from: schemas and the like, `auditor.toml` (None: the usual one), the lock."""

    sources: Sources
    config: str | None
    lock: str


@dataclass(frozen=True, slots=True)
class _Read:
    """All of it, as read at one time."""

    config: Config
    material: Material
    decisions: Decisions


class Standards:
    """Makes audits of system models, as `auditor scan` does of telemetry; safe for threads, one works at a time.

    What is named by URL is read at the start, and with every change of a file. Raises AuditorError at the start where
    something is wrong; later, `trouble` says what, and what was read before stays in force.
    """

    def __init__(self, files: Files, reader: StatementReader) -> None:
        self._files, self._reader, self._lock = files, reader, Lock()
        self._stamp = _stamp(files)
        self._read = _read(files)
        self.trouble: str | None = None

    def changed(self) -> bool:
        """Whether a file has changed, or the day, on which waivers end; if so all is read again."""
        stamp = _stamp(self._files)
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            self._read = _read(self._files)
        except AuditorError as error:
            self.trouble = f"what was read before stays in force: {error}"
            tell(_log, logging.ERROR, "files of the audit cannot be used", error=self.trouble)
            return False
        self.trouble = None
        tell(_log, logging.INFO, "files of the audit were read again")
        return True

    def audit(self, model: SystemModel, connections: tuple[Connection, ...] = ()) -> Audit:
        """The judged audit of a model whose parts are not named yet, and of network flows that were received."""
        with self._lock:
            read = self._read
            edges = replace(read.material.edges, connections=(*read.material.edges.connections, *connections))
            material = replace(read.material, edges=edges)
            audit = assemble(named(model, read.config.stores), material, read.config, self._reader)
            return judge(audit, read.decisions.lock, read.decisions.standards)


def _read(files: Files) -> _Read:
    config = load_config(files.config)
    return _Read(config, read_material(files.sources, config.tools), load_decisions(files.lock, config.categories))


def _stamp(files: Files) -> Stamp:
    """Changes with the day and with the files: with their place, size and time."""
    return clock.today(), frozenset(_stamps(files))


def _stamps(files: Files) -> Iterator[tuple[str, int, int, int]]:
    decided = Folder(Path(files.lock))
    places = [Path(files.config or DEFAULT_FILE), decided.lock, decided.policy, decided.waivers]
    for name in (*files.sources.schemas, *files.sources.statements, *files.sources.edges):
        places += [Path(name), Path(name.partition("=")[2])] if "=" in name else [Path(name)]
    for place in places:
        for file in (place, *(place.rglob("*") if place.is_dir() else ())):
            try:
                found = file.stat()
            except OSError:
                continue
            yield str(file), found.st_ino, found.st_mtime_ns, found.st_size
