"""manifest.json: what an audit was made of and what it wrote, by SHA-256, chained to the audits before it.

There is no time in it: the same inputs give the same bytes. An audit that changes nothing leaves the chain as it is;
one that does puts the former manifest into `manifests/` and names its hash. The chain shows accidents and hasty hands;
against somebody who rewrites all of it, keep the hash of the last manifest elsewhere (`auditor verify --expect`).
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from auditor.errors import InputError
from auditor.files import write_text
from lineage.audit import Audit

FORMAT = "audit-manifest/1"
NAME, EARLIER = "manifest.json", "manifests"
OUTPUTS = ("audit.json", "report.html")
_LIBRARIES = ("pygraphviz", "networkx", "presidio-analyzer", "sqlglot", "duckdb", "jinja2")
_BESIDE_LOCK = ("policy.toml", "waivers.toml")


def write_manifest(folder: Path, audit: Audit, config: Path | None, lock: Path, names: Sequence[str] = OUTPUTS) -> None:
    """Write the manifest of the audit whose outputs `names` lie in `folder`. Raises AuditorError."""
    decided = [lock, *(lock.parent / name for name in _BESIDE_LOCK)]
    content: dict[str, Any] = {
        "format": FORMAT,
        "auditor": audit.scope.auditor,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}},
        "inputs": [{"name": i.name, "sha256": i.sha256} for i in (*audit.scope.inputs, *audit.scope.schemas)],
        "configuration": _listed([config] if config else []),
        "lock": _listed(decided),
        "outputs": _listed(folder / name for name in names),
    }
    file = folder / NAME
    before = _bytes(file)
    number, previous = 1, None
    if before is not None:
        former = _parsed(before)
        if former is not None and all(former.get(key) == value for key, value in content.items()):
            return
        number, previous = _next_number(folder), sha256(before)
        write_text(folder / EARLIER / f"{number - 1:04}.json", before.decode("utf-8", "backslashreplace"))
    write_text(file, sealed({"number": number, "previous": previous, **content}))


def sealed(content: dict[str, Any]) -> str:
    """The manifest's text: sorted keys, and the hash of all the rest as `digest`, so that no byte changes unseen."""
    rest = {key: value for key, value in content.items() if key != "digest"}
    return _text(rest | {"digest": sha256(_text(rest).encode())})


def check(folder: Path, files: Sequence[Path] = (), expect: str | None = None) -> list[str]:
    """What is not as it was, a sentence each; none when all is. `files` are inputs to compare with their digests.

    Raises InputError when there is no manifest, or one that this auditor cannot read.
    """
    data = _bytes(folder / NAME)
    if data is None:
        raise InputError(f"{folder / NAME}: there is none; 'auditor scan' writes it")
    manifest = _parsed(data)
    if manifest is None or manifest.get("format") != FORMAT:
        raise InputError(f"{folder / NAME}: is not a manifest of format {FORMAT}, or it was damaged")
    wrong = [] if sealed(manifest).encode() == data else [f"{NAME}: was changed after it was written"]
    if expect is not None and expect.lower() != sha256(data):
        wrong.append(f"{NAME}: is not the one expected: its SHA-256 is {sha256(data)}")
    for entry in _entries(manifest, "outputs"):
        wrong += _differs(folder / entry["name"], entry["name"], entry["sha256"])
    known = [entry for key in ("inputs", "configuration", "lock") for entry in _entries(manifest, key)]
    for file in files:
        digests = {entry["sha256"] for entry in known if entry["name"] == file.name}
        if not digests:
            wrong.append(f"{file.name}: is no input, configuration or lock of this audit")
        elif (found := _bytes(file)) is None or sha256(found) not in digests:
            wrong.append(f"{file.name}: is not what the audit read")
    return wrong + _broken_chain(folder, manifest)


def sha256(data: bytes) -> str:
    """In hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _broken_chain(folder: Path, manifest: dict[str, Any]) -> list[str]:
    """Walks back from the last manifest: each names the hash of the one before it."""
    wrong, number, previous = [], manifest.get("number"), manifest.get("previous")
    if not isinstance(number, int) or number < 1:
        return [f"{NAME}: has no number"]
    there = {path.name for path in (folder / EARLIER).glob("*.json")}
    expected = {f"{n:04}.json" for n in range(1, number)} if number <= len(there) + 1 else set()
    wrong += [f"{EARLIER}/{name}: is no link of the chain" for name in sorted(there - expected)] if expected else []
    while number > 1:
        number -= 1
        name = f"{EARLIER}/{number:04}.json"
        data = _bytes(folder / name)
        if data is None:
            return [*wrong, f"{name}: is missing, and with it the chain before it"]
        former = _parsed(data)
        if sha256(data) != previous:
            wrong.append(f"{name}: was changed after the next audit")
        if former is None or former.get("number") != number:
            return [*wrong, f"{name}: is not manifest {number}"]
        previous = former.get("previous")
    return wrong if previous is None else [*wrong, "the first manifest names one before it: the chain was cut"]


def _differs(file: Path, name: str, digest: str) -> list[str]:
    data = _bytes(file) if Path(name).name == name else None  # a manifest from elsewhere leads nowhere else
    if data is None:
        return [f"{name}: is missing"]
    return [] if sha256(data) == digest else [f"{name}: was changed after the audit"]


def _entries(manifest: dict[str, Any], key: str) -> list[dict[str, str]]:
    rows = manifest.get(key)
    found = [
        row
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, dict) and isinstance(row.get("name"), str) and isinstance(row.get("sha256"), str)
    ]
    return sorted(found, key=lambda row: (row["name"], row["sha256"]))


def _next_number(folder: Path) -> int:
    numbers = [int(path.stem) for path in (folder / EARLIER).glob("*.json") if path.stem.isdecimal()]
    return max(numbers, default=0) + 2  # the former manifest's own, and one more


def _listed(files: Iterable[Path]) -> list[dict[str, str]]:
    found = ((file.name, _bytes(file)) for file in files)
    return [{"name": name, "sha256": sha256(data)} for name, data in found if data is not None]


def _bytes(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None


def _parsed(data: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _text(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=True) + "\n"
