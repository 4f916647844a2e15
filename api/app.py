"""The HTTP door to the audits: the API for programs, the pages for people."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from api import deciding, downloads, pages, problems, questions, routes
from api import proposals as proposing
from api.access.install import install as install_access
from api.guard import LOCAL_HOSTS, Confined, KnownHosts
from api.limited import Limited
from api.live import install as install_live
from api.operation.install import install as install_operation
from api.receivers.app import Refusals
from api.served import Shelf
from api.source import Audits, FolderAudits
from api.tagged import Tagged
from auditor.errors import InputError
from auditor.live.service import Live
from auditor.operation.settings import Serve
from auditor.proposals.book import Proposals

AUDIT_DIR = "AUDITOR_AUDIT_DIR"


def create_app(
    audits: Audits | Path | None = None,
    hosts: Sequence[str] = (),
    settings: Serve | None = None,
    proposals: Proposals | None = None,
    live: Live | None = None,
) -> FastAPI:
    """An application that serves `audits`: where they come from, or a folder with one; by default the folder that
    AUDITOR_AUDIT_DIR names.

    `hosts` are the Host headers it answers to, without port; when empty, loopback's and those of the settings.
    `proposals` is where proposed decisions are written; None: none are taken. `live`, which runs already, takes
    telemetry in. Raises AuditorError when there is no readable audit, ConfigError when tokens cannot be read.
    """
    app = FastAPI(
        title="Privacy auditor",
        description="Which service touches which personal data, by which path, with what evidence.",
        version=version("privacy-auditor"),
        docs_url=None,  # these pages load scripts from elsewhere
        redoc_url=None,
    )
    source = _folder_from_environment() if audits is None else audits
    app.state.shelf = Shelf(FolderAudits(source) if isinstance(source, Path) else source)
    app.include_router(routes.router, prefix="/api/v1")
    app.include_router(routes.router, prefix="/api", include_in_schema=False)  # as they were called first
    app.include_router(questions.router)
    app.state.proposals = proposals
    app.include_router(proposing.router)
    app.include_router(downloads.described)
    app.include_router(downloads.router)
    app.include_router(deciding.router)
    app.include_router(pages.router)
    app.add_middleware(Limited, prefixes=(proposing.router.prefix, deciding.PATH))
    app.add_middleware(Tagged)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    settings = settings or Serve()
    refusals = Refusals(live.intake).by_path() if live else None
    access = install_access(app, settings, refusals)  # the middlewares, from the innermost outwards
    app.add_middleware(KnownHosts, hosts=hosts or (*LOCAL_HOSTS, *settings.hosts))
    operation = install_operation(app, settings, lambda: app.state.shelf.current().audit)
    operation.health.checks.update(access.troubles)
    if live:
        install_live(app, live, settings, access.doorman, operation)
    app.add_middleware(Confined)
    problems.install(app)
    return app


def _folder_from_environment() -> Path:
    named = os.environ.get(AUDIT_DIR)
    if not named:
        raise InputError(f"no audit to serve: name its folder, or set {AUDIT_DIR}")
    return Path(named)
