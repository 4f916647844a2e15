"""Audits of every capture at hand, to compare two states of the auditor byte for byte.

python -m tests.bench.audits SHARED OUT [BEFORE] [WORD]: writes an audit.json per set to OUT, where SHARED is the
folder of captures (it may be missing), and says which differ from those in BEFORE. WORD picks the sets whose name
holds it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

CLINIC = Path("examples/clinic/capture")


def sets(shared: Path) -> Iterator[tuple[str, list[Path], list[Path]]]:
    """(name, telemetry, schemas) of the bundled capture and of those beside the repository."""
    yield "clinic-json", [CLINIC / "traces.otlp.jsonl.gz"], [CLINIC / "schema.sql"]
    yield "clinic-protobuf", [CLINIC / "traces.otlp.pb.gz"], [CLINIC / "schema.sql"]
    for folder in sorted(shared.glob("captures/*")):
        schemas = sorted(folder.glob("schema.sql"))
        for form, file in (("json", "traces.otlp.jsonl.gz"), ("protobuf", "traces.otlp.pb.gz")):
            yield f"{folder.name}-{form}", [folder / file], schemas
    for folder in sorted(shared.glob("traces/*")):
        yield folder.name, [folder], sorted(folder.glob("*.sql"))


def main(shared: str, out: str, before: str = "", word: str = "") -> None:
    """Audit every set, each in a process of its own; sets without traces leave no file."""
    different = 0
    for name, telemetry, schemas in sets(Path(shared)):
        if word not in name:
            continue
        folder = Path(out) / name
        arguments = [str(path) for path in telemetry]
        for schema in schemas:
            arguments += ["--schema", str(schema)]
        command = [sys.executable, "-c", "from auditor.cli import main; main()", "scan", *arguments]
        subprocess.run([*command, "--out", str(folder), "--quiet"], check=False, capture_output=True)
        now = _bytes(folder)
        earlier = _bytes(Path(before) / name) if before else now
        different += now != earlier
        size = "no traces" if now is None else f"{len(now):,} bytes"
        print(
            f"{name:35} {size:>16}  {'equal' if now == earlier else 'DIFFERENT'}" if before else f"{name:35} {size:>16}"
        )
    sys.exit(f"{different} differ" if different else 0)


def _bytes(folder: Path) -> bytes | None:
    file = folder / "audit.json"
    return file.read_bytes() if file.exists() else None


if __name__ == "__main__":
    main(*sys.argv[1:])
