"""The lock on disk: approved exposures, one a line, so that a reviewed change of the file is the approval."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path

from auditor.errors import InputError
from auditor.files import write_text
from lineage.lock import Approval, Lock

FORMAT = "flows-lock/1"


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
    names = {f.name for f in fields(Approval)}
    approvals = []
    for number, entry in enumerate(data.get("exposures", ()), start=1):
        if not isinstance(entry, dict) or set(entry) != names or not all(isinstance(v, str) for v in entry.values()):
            raise InputError(f"{path}: exposure {number} must have exactly the text fields {', '.join(sorted(names))}")
        approvals.append(Approval(**entry))
    services = data.get("services", [])
    if not isinstance(services, list) or not all(isinstance(name, str) for name in services):
        raise InputError(f"{path}: 'services' must be a list of names")
    if len({approval.id for approval in approvals}) != len(approvals):
        raise InputError(f"{path}: an exposure stands in it twice; remove one of the lines")
    return Lock(tuple(sorted(approvals)), tuple(sorted(services)))


def save_lock(lock: Lock, path: str) -> None:
    """Write the lock, sorted by id, one exposure a line, by an atomic replacement."""
    lines = [json.dumps(asdict(approval), ensure_ascii=False) for approval in sorted(lock.approvals)]
    services = json.dumps(sorted(lock.services), ensure_ascii=False)
    body = ",\n".join(lines)
    write_text(Path(path), f'{{"format": "{FORMAT}",\n"services": {services},\n"exposures": [\n{body}\n]}}\n')
