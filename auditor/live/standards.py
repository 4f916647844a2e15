"""What audits of the live service are made with beside telemetry; read again whenever a file of it changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from auditor.audit import assemble
from auditor.config import Config, load_config
from auditor.engine.naming import named
from auditor.gate.folder import Decisions, load_decisions
from auditor.material import Material, Sources, read_material
from auditor.sqlworker import StatementReader
from lineage.audit import Audit
from lineage.dark import Connection
from lineage.gate.judge import judge
from lineage.system import SystemModel

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Files:
    """Where the rest of an audit comes from: schemas and the like, `auditor.toml` (None: the usual one), the lock."""

    sources: Sources
    config: str | None
    lock: str


class Standards:
    """Makes audits of system models, as `auditor scan` does of telemetry; safe for threads, one works at a time.

    Databases that are named by URL are read once, at the start.
    """

    def __init__(self, files: Files, reader: StatementReader) -> None:
        self._files, self._reader, self._lock = files, reader, Lock()
        self._stamp = _stamp(files)
        self._read()

    def changed(self) -> bool:
        """Whether a file has changed; if so they are read again. Raises AuditorError, and keeps what it has."""
        stamp = _stamp(self._files)
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        self._read()
        return True

    def _read(self) -> None:
        config = load_config(self._files.config)
        material = read_material(self._files.sources, config.tools)
        decisions = load_decisions(self._files.lock, config.categories)
        with self._lock:
            self._config: Config = config
            self._material: Material = material
            self._decisions: Decisions = decisions

    def audit(self, model: SystemModel, connections: tuple[Connection, ...] = ()) -> Audit:
        """The judged audit of a model whose parts are not named yet, and of network flows that were received."""
        with self._lock:
            material = self._material
            edges = replace(material.edges, connections=(*material.edges.connections, *connections))
            model = named(model, self._config.stores)
            audit = assemble(model, replace(material, edges=edges), self._config, self._reader)
            return judge(audit, self._decisions.lock, self._decisions.standards)


def _stamp(files: Files) -> Stamp:
    """Changes with the files."""
    return tuple(sorted(set(_stamps(files))))


def _stamps(files: Files) -> Iterator[tuple[str, int, int]]:
    named = (*files.sources.schemas, *files.sources.statements, *files.sources.edges)
    places = [Path(name.partition("=")[2] if "=" in name else name) for name in named]
    places += [Path(files.config or "auditor.toml"), Path(files.lock).parent]
    for place in places:
        for file in (place, *(place.rglob("*") if place.is_dir() else ())):
            try:
                found = file.stat()
            except OSError:
                continue
            if not file.is_dir():
                yield str(file), found.st_mtime_ns, found.st_size
