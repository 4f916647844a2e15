"""`python -m recorder FOLDER`: run the clinic, drive it, and write the capture to FOLDER."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from recorder import schemas, truth
from recorder.broker import Broker
from recorder.collector import Collector
from recorder.database import Database
from recorder.drive import drive
from recorder.people import everybody
from recorder.services import Clinic, free_port, wait_for
from recorder.variants import VERSIONS, lay_out

DATABASES = ("patients", "billing", "triage")
PARTS = "database broker erlang names collector outside patients billing triage records portal doctor".split()
FLUSH = 5  # seconds for the workers to end their work; exporters send every half a second
DAY = "2026-11-24"


def main(folder: Path, variant: str | None, people_count: int) -> None:
    """Record everything anew: the clinic as it is, or one of its variants."""
    folder.mkdir(parents=True, exist_ok=True)
    people = everybody()[:people_count]
    ports = {name: free_port() for name in PARTS}
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as end:
        os.chmod(temporary, 0o755)  # PostgreSQL may run as another user
        here = Path(temporary)
        clinic = Clinic(lay_out(here / "source", variant), ports, VERSIONS[variant])
        broker = Broker(here / "broker", ports["broker"], ports["erlang"], ports["names"])
        end.callback(broker.stop)
        database = Database(here / "data", ports["database"])
        end.callback(database.stop)
        collector = Collector(ports["collector"])
        for name in DATABASES:
            database.create(name, Path("schema", f"{name}.sql").read_text(encoding="utf-8"))
        wait_for("the broker", ports["broker"])
        with clinic.running():
            numbers = drive(*(f"http://127.0.0.1:{ports[name]}" for name in ("portal", "doctor")), people)
            clinic.job("export", DAY)
            time.sleep(FLUSH)
            if variant is None:
                schemas.write(folder, ports)
        collector.stop()
        known = [p.canaries() | {"patient_id": n} for p, n in zip(people, numbers, strict=True)]
        canaries = truth.Canaries(known)
        collector.write(folder)
        _write(folder / "truth.json", truth.flows(clinic.wire_log, canaries))
        if variant is None:
            ddl = "".join(_dump(database, name) for name in DATABASES)
            (folder / "schema.sql").write_text(ddl, encoding="utf-8")
            _write(folder / "truth_columns.json", truth.columns(database, DATABASES, canaries))
            _write(folder / "truth_telemetry.json", truth.leaks(collector.documents(), canaries))
            _write(folder / "canaries.json", known)
    _write(folder / "categories.json", truth.CATEGORIES)


def _write(path: Path, document: Any) -> None:
    path.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _dump(database: Database, name: str) -> str:
    ddl = database.tool("pg_dump", name, "--schema-only", "--no-owner", "--restrict-key=clinic")
    return f"-- database: {name}\n{ddl}\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    variants = [name for name in VERSIONS if name]
    parser.add_argument("--variant", choices=variants, help="a small recording of a change, or of what was before it")
    options = parser.parse_args()
    main(options.folder, options.variant, 3 if options.variant else 8)
