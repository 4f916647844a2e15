"""`python -m recorder FOLDER`: run the clinic, drive it, and write the capture to FOLDER."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from recorder import truth
from recorder.collector import Collector
from recorder.database import Database
from recorder.drive import drive
from recorder.people import everybody

DATABASES = ("patients", "billing")
FLUSH = 3  # seconds: exporters send every half a second


def main(folder: Path) -> None:
    """Record everything anew."""
    folder.mkdir(parents=True, exist_ok=True)
    people = everybody()
    ports = {name: _free_port() for name in ("database", "collector", "provider", "patients", "billing", "portal")}
    with tempfile.TemporaryDirectory() as temporary:
        os.chmod(temporary, 0o755)  # PostgreSQL may run as another user
        wire_log = Path(temporary) / "wire.jsonl"
        database = Database(Path(temporary) / "data", ports["database"])
        collector = Collector(ports["collector"])
        try:
            for name in DATABASES:
                database.create(name, Path("schema", f"{name}.sql").read_text(encoding="utf-8"))
            with _services(ports, wire_log):
                numbers = drive(f"http://127.0.0.1:{ports['portal']}", people)
                for name in ("portal", "billing"):
                    answer = httpx.get(f"http://127.0.0.1:{ports[name]}/openapi.json")
                    _write(folder / f"openapi.{name}.json", answer.json())
                time.sleep(FLUSH)
            collector.stop()
            known = [p.canaries() | {"patient_id": n} for p, n in zip(people, numbers, strict=True)]
            canaries = truth.Canaries(known)
            collector.write(folder)
            (folder / "schema.sql").write_text("".join(_dump(database, name) for name in DATABASES), encoding="utf-8")
            _write(folder / "truth.json", truth.flows(wire_log, canaries))
            _write(folder / "truth_columns.json", truth.columns(database, DATABASES, canaries))
            _write(folder / "truth_telemetry.json", truth.leaks(collector.documents(), canaries))
        finally:
            database.stop()
    shutil.copy("proto/clinic.proto", folder / "clinic.proto")
    _write(folder / "categories.json", truth.CATEGORIES)
    _write(folder / "canaries.json", known)


def _write(path: Path, document: Any) -> None:
    path.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _dump(database: Database, name: str) -> str:
    ddl = database.tool("pg_dump", name, "--schema-only", "--no-owner", "--restrict-key=clinic")
    return f"-- database: {name}\n{ddl}\n"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def _services(ports: dict[str, int], wire_log: Path) -> Iterator[None]:
    """The three services, instrumented from outside, and the provider, which is not."""
    bin_ = Path(sys.executable).parent
    shared = os.environ | {f"CLINIC_{name.upper()}_PORT": str(port) for name, port in ports.items()}
    shared["CLINIC_WIRE_LOG"] = str(wire_log)
    processes = [subprocess.Popen([sys.executable, "-m", "clinic.provider", str(ports["provider"])], env=shared)]
    commands = {
        "patients": ["python", "-m", "clinic.patients"],
        "billing": ["uvicorn", "clinic.billing:app", "--port", str(ports["billing"]), "--log-level", "warning"],
        "portal": ["uvicorn", "clinic.portal:app", "--port", str(ports["portal"]), "--log-level", "warning"],
    }
    for name, command in commands.items():
        telemetry = {
            "OTEL_SERVICE_NAME": name,
            "OTEL_RESOURCE_ATTRIBUTES": "service.namespace=clinic,service.version=1.0.0",
            "OTEL_TRACES_EXPORTER": "otlp",
            "OTEL_METRICS_EXPORTER": "none",
            "OTEL_LOGS_EXPORTER": "none",
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{ports['collector']}",
            "OTEL_BSP_SCHEDULE_DELAY": "500",
            "OTEL_PYTHON_EXCLUDED_URLS": "openapi.json",
        }
        instrumented = [str(bin_ / "opentelemetry-instrument"), str(bin_ / command[0]), *command[1:]]
        processes.append(subprocess.Popen(instrumented, env=shared | telemetry))
    try:
        for name in ("provider", "patients", "billing", "portal"):
            _wait_for(ports[name])
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(10)


def _wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("a service of the clinic did not start")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
