"""Finished audits on disk."""

from __future__ import annotations

from pathlib import Path

from auditor.errors import InputError
from lineage.audit import Audit
from reports import audit_json


def load_audit(audit: str) -> Audit:
    """Read DIR/audit.json, or the file itself. Raises InputError."""
    path = Path(audit)
    path = path / "audit.json" if path.is_dir() else path
    try:
        return audit_json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); run 'auditor scan' first") from None
    except ValueError as error:
        raise InputError(f"{path}: {error}") from None
