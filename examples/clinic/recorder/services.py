"""The clinic's processes: services under OpenTelemetry's automatic instrumentation, and the world outside without."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BIN = Path(sys.executable).parent
_APPLICATIONS = ("billing", "triage", "records", "portal", "doctor")
_WORKERS = {
    "notifier": "python clinic/notifier.py",
    "claims": "python clinic/claims.py",
    "lab": "celery --quiet --app clinic.lab worker --pool solo --hostname lab --loglevel error",
}


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(name: str, port: int) -> None:
    """Wait until somebody listens. SystemExit after two minutes."""
    for _ in range(1200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"{name} did not start")


class Clinic:
    """The clinic's code, which lies in `folder` with what it writes. It is told its ports, and says its version."""

    def __init__(self, folder: Path, ports: dict[str, int], version: str) -> None:
        self._folder, self._ports, self._version = folder, ports, version
        self.wire_log = folder / "wire.jsonl"
        self._settings = os.environ | {f"CLINIC_{name.upper()}_PORT": str(port) for name, port in ports.items()}
        self._settings |= {"CLINIC_WIRE_LOG": str(self.wire_log), "CLINIC_FILES": str(folder / "files")}
        self._settings["PYTHONPATH"] = "."

    @contextmanager
    def running(self) -> Iterator[None]:
        """Everything that runs all the time."""
        processes = [self._start(self._uvicorn("clinic.outside:proxy", "outside"), self._settings)]
        try:
            processes.append(self._instrumented("patients", ["python", "clinic/patients.py"]))
            for name in _APPLICATIONS:
                processes.append(self._instrumented(name, self._uvicorn(f"clinic.{name}:app", name)))
            for name in ("outside", "patients", *_APPLICATIONS):
                wait_for(name, self._ports[name])
            for name, command in _WORKERS.items():
                processes.append(self._instrumented(name, command.split()))
            yield
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(10)

    def job(self, name: str, *arguments: str) -> None:
        """Run a job until it is done."""
        process = self._instrumented(name, ["python", f"clinic/{name}.py", *arguments])
        if process.wait(60):
            raise SystemExit(f"{name} failed")

    def _uvicorn(self, application: str, port: str) -> list[str]:
        return ["uvicorn", application, "--port", str(self._ports[port]), "--log-level", "warning"]

    def _instrumented(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        telemetry = {
            "OTEL_SERVICE_NAME": name,
            "OTEL_RESOURCE_ATTRIBUTES": f"service.namespace=clinic,service.version={self._version}",
            "OTEL_TRACES_EXPORTER": "otlp",
            "OTEL_METRICS_EXPORTER": "none",
            "OTEL_LOGS_EXPORTER": "none",
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self._ports['collector']}",
            "OTEL_BSP_SCHEDULE_DELAY": "500",
            "OTEL_PYTHON_EXCLUDED_URLS": "openapi.json",
        }
        return self._start(
            ["opentelemetry-instrument", str(_BIN / command[0]), *command[1:]], self._settings | telemetry
        )

    def _start(self, command: list[str], settings: dict[str, str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen([str(_BIN / command[0]), *command[1:]], env=settings, cwd=self._folder)
