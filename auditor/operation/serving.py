"""`auditor serve`: check everything, then listen."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from auditor.audits import load_audit
from auditor.console import say
from auditor.errors import UsageProblem
from auditor.options import ConfigOption

AuditOption = Annotated[str, typer.Option("--audit", metavar="DIR", help="The folder of a finished audit.")]
HostOption = Annotated[str | None, typer.Option("--host", help="Address to listen on. Default: 127.0.0.1.")]
PortOption = Annotated[int | None, typer.Option("--port", help="Port to listen on. Default: 8080.", min=0, max=65535)]
TokensOption = Annotated[
    str | None, typer.Option("--tokens", metavar="PATH", help="The file of tokens; see auditor token new --help.")
]

GRACE = 30  # seconds that requests may take to end once it stops


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
    from auditor.operation import logs
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
    with listen(settings.host, settings.port) as door:
        at = f"http://{settings.host}:{door.getsockname()[1]}"
        say([f"Serving {audit} at {at}/report (and /api/..., /openapi.json); stop with Ctrl-C."])
        sys.stdout.flush()
        logs.configure(settings.log)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # the server ends by raising again what ended it
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,  # it would repeat what people search for; the trail does not
                server_header=False,
                proxy_headers=bool(settings.proxies),
                forwarded_allow_ips=list(settings.proxies),
                timeout_graceful_shutdown=GRACE,
            )
        )
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[door])
    return 0


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens, so that the user hears now what is in the way. Raises UsageProblem."""
    bare = host.strip("[]")
    family = socket.AF_INET6 if ":" in bare else socket.AF_INET
    try:
        return socket.create_server((bare, port), family=family, backlog=2048)
    except OSError as error:
        raise UsageProblem(f"{host}:{port}: cannot be listened on ({error.strerror}); choose another --port") from None
