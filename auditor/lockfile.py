"""The lock on disk: approved exposures, one a line, so that a reviewed change of the file is the approval."""

from __future__ import annotations

import json
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from typing import Any

from auditor.errors import InputError
from auditor.files import write_text
from lineage.lock import Approval, Lock

FORMAT = "flows-lock/1"
_KNOWN = {f.name for f in fields(Approval)}
_NEEDED = {f.name for f in fields(Approval) if f.default is MISSING}


def load_lock(path: str) -> Lock | None:
    """The lock in `path`, or None when there is no such file. Raises InputError when it cannot be understood."""
    file = Path(path)
    if not file.exists():
        return None
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise InputError(f"{path}: line {error.lineno}: is not JSON; restore it from version control") from None
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{path}: cannot be read as UTF-8 text") from None
    found = data.get("format") if isinstance(data, dict) else None
    if found != FORMAT:
        raise InputError(f"{path}: is not a lock of format {FORMAT}; a newer auditor may have written it")
    approvals = [_approval(entry, f"{path}: exposure {number}") for number, entry in enumerate(_entries(data), start=1)]
    services = data.get("services", [])
    if not isinstance(services, list) or not all(isinstance(name, str) for name in services):
        raise InputError(f"{path}: 'services' must be a list of names")
    if len({approval.id for approval in approvals}) != len(approvals):
        raise InputError(f"{path}: an exposure stands in it twice; remove one of the lines")
    return Lock(tuple(sorted(approvals)), tuple(sorted(services)), _operations(data.get("operations", {}), path))


def _entries(data: dict[str, Any]) -> list[Any]:
    entries = data.get("exposures", [])
    return entries if isinstance(entries, list) else [entries]


def _approval(entry: Any, where: str) -> Approval:
    given = set(entry) if isinstance(entry, dict) else set()
    texts = [value for key, value in entry.items() if key != "fields"] if given else []
    lists = entry.get("fields", []) if given else None
    if not given >= _NEEDED or given - _KNOWN or not _are_texts(texts) or not _are_texts(lists):
        needed, may = ", ".join(sorted(_NEEDED)), ", ".join(sorted(_KNOWN - _NEEDED))
        raise InputError(f"{where} must have exactly the text fields {needed}, and may have {may} (a list: fields)")
    return Approval(**{**entry, "fields": tuple(lists or ())})


def _are_texts(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _operations(data: Any, path: str) -> tuple[tuple[str, str], ...]:
    if not isinstance(data, dict) or not all(_are_texts(names) for names in data.values()):
        raise InputError(f"{path}: 'operations' must map services to lists of names")
    return tuple(sorted({(service, name) for service, names in data.items() for name in names}))


def save_lock(lock: Lock, path: str) -> None:
    """Write the lock by an atomic replacement."""
    write_text(Path(path), lock_text(lock))


def lock_text(lock: Lock) -> str:
    """The lock as its file holds it: sorted by id, one exposure a line."""
    body = ",\n".join(_line(_entry(approval)) for approval in sorted(lock.approvals))
    operations: dict[str, list[str]] = {}
    for service, name in sorted(lock.operations):
        operations.setdefault(service, []).append(name)
    parts = [f'{{"format": "{FORMAT}"', f'"services": {_line(sorted(lock.services))}', f'"exposures": [\n{body}\n]']
    if operations:
        rows = ",\n".join(f"{_line(service)}: {_line(names)}" for service, names in operations.items())
        parts.append(f'"operations": {{\n{rows}\n}}')
    return ",\n".join(parts) + "}\n"


def _entry(approval: Approval) -> dict[str, Any]:
    """What stands in the lock: without what was not said."""
    return {key: value for key, value in asdict(approval).items() if value or key in _NEEDED}


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
