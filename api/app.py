"""The HTTP door to one audit. Reads `audit.json` once at start, then only answers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI

from api import pages, problems, questions, routes
from api.access.install import install as install_access
from api.guard import LOCAL_HOSTS, Guard
from api.operation.install import install as install_operation
from auditor.errors import InputError
from auditor.operation.settings import Serve
from lineage.audit import Audit
from reports.audit_json import loads

AUDIT_DIR = "AUDITOR_AUDIT_DIR"


def create_app(audit_dir: Path | None = None, hosts: Sequence[str] = (), settings: Serve | None = None) -> FastAPI:
    """An application that serves the audit in `audit_dir`, or in the folder that AUDITOR_AUDIT_DIR names.

    `hosts` are the Host headers it answers to, without port; when empty, loopback's and those of the settings.
    Raises InputError when there is no readable audit, ConfigError when tokens cannot be read.
    """
    app = FastAPI(
        title="Privacy auditor",
        description="Which service touches which personal data, by which path, with what evidence. Read only.",
        version=version("privacy-auditor"),
        docs_url=None,  # these pages load scripts from elsewhere
        redoc_url=None,
    )
    app.state.audit = read_audit(audit_dir or _folder_from_environment())
    app.include_router(routes.router)
    app.include_router(questions.router)
    app.include_router(pages.router)
    settings = settings or Serve()
    access = install_access(app, settings)
    operation = install_operation(app, settings, lambda: app.state.audit)
    operation.health.checks.update(access.troubles)
    app.add_middleware(Guard, hosts=hosts or (*LOCAL_HOSTS, *settings.hosts))
    problems.install(app)
    return app


def read_audit(folder: Path) -> Audit:
    """Load `folder`/audit.json. Raises InputError, in words for a user, when that cannot be done."""
    file = folder / "audit.json"
    try:
        return loads(file.read_bytes())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(f"{file}: {reason}. Make an audit first: auditor scan INPUT... --out DIR") from None
    except ValueError as error:
        raise InputError(f"{file}: {error}") from None


def _folder_from_environment() -> Path:
    named = os.environ.get(AUDIT_DIR)
    if not named:
        raise InputError(f"no audit to serve: name its folder, or set {AUDIT_DIR}")
    return Path(named)
