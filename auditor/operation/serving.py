"""`auditor serve`: check everything, then listen."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from auditor.audits import load_audit
from auditor.console import say
from auditor.options import ConfigOption

AuditOption = Annotated[str, typer.Option("--audit", metavar="DIR", help="The folder of a finished audit.")]
HostOption = Annotated[str | None, typer.Option("--host", help="Address to listen on. Default: 127.0.0.1.")]
PortOption = Annotated[int | None, typer.Option("--port", help="Port to listen on. Default: 8080.", min=0, max=65535)]
TokensOption = Annotated[
    str | None, typer.Option("--tokens", metavar="PATH", help="The file of tokens; see auditor token new --help.")
]


def serve(
    audit: AuditOption = "out",
    host: HostOption = None,
    port: PortOption = None,
    tokens: TokensOption = None,
    config: ConfigOption = None,
) -> int:
    """Serve an audit over HTTP: /report for people, /api/... for programs. Beyond loopback only with tokens or OIDC.

    [serve] in auditor.toml says more (docs/operations.md); options beat it.
    """
    import uvicorn
    from uvicorn.importer import import_from_string

    from auditor.access.setup import check_binding
    from auditor.operation.settings import load_serve

    settings = load_serve(config)
    settings = replace(
        settings,
        host=host or settings.host,
        port=settings.port if port is None else port,
        tokens=Path(tokens) if tokens else settings.tokens,
    )
    check_binding(settings, os.environ)
    load_audit(audit)
    create_app = import_from_string("api.app:create_app")  # by name: the shell lies below the HTTP door
    app = create_app(Path(audit), settings=settings)
    at = f"http://{settings.host}:{settings.port}"
    say([f"Serving {audit} at {at}/report (and /api/..., /openapi.json); stop with Ctrl-C."])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # the server ends by raising again what it was told to end by
    options: dict[str, Any] = {"access_log": False, "server_header": False, "log_config": None}
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.run(
            app,
            host=settings.host,
            port=settings.port,
            proxy_headers=bool(settings.proxies),
            forwarded_allow_ips=list(settings.proxies),
            timeout_graceful_shutdown=30,
            **options,
        )
    return 0
