"""`auditor serve`: check everything, then listen."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.console import say
from auditor.errors import UsageProblem
from auditor.files import DEFAULT_LOCK
from auditor.options import ConfigOption

if TYPE_CHECKING:
    from auditor.operation.settings import Serve
    from auditor.proposals.book import Proposals

AuditOption = Annotated[str, typer.Option("--audit", metavar="DIR", help="The folder of a finished audit.")]
HostOption = Annotated[str | None, typer.Option("--host", help="Address to listen on. Default: 127.0.0.1.")]
PortOption = Annotated[int | None, typer.Option("--port", help="Port to listen on. Default: 8080.", min=0, max=65535)]
TokensOption = Annotated[
    str | None, typer.Option("--tokens", metavar="PATH", help="The file of tokens; see auditor token new --help.")
]
ProposalsOption = Annotated[
    str | None, typer.Option("--proposals", metavar="DIR", help="Take proposed decisions, and keep them here.")
]
LockOption = Annotated[str | None, typer.Option("--lock", help=f"The lock to propose changes of: {DEFAULT_LOCK}.")]

GRACE = 30  # seconds that requests may take to end once it stops


def serve(
    audit: AuditOption = "out",
    host: HostOption = None,
    port: PortOption = None,
    tokens: TokensOption = None,
    proposals: ProposalsOption = None,
    lock: LockOption = None,
    config: ConfigOption = None,
) -> int:
    """Serve an audit over HTTP: /report for people, /api/... for programs. Beyond loopback only with tokens or OIDC.

    [serve] in auditor.toml says more (docs/operations.md); options beat it.
    """
    import uvicorn
    from uvicorn.importer import import_from_string

    from auditor.operation import logs
    from auditor.operation.settings import load_serve
    from auditor.operation.start import check_start

    settings = load_serve(config)
    settings = replace(
        settings,
        host=host or settings.host,
        port=settings.port if port is None else port,
        tokens=Path(tokens) if tokens else settings.tokens,
        proposals=Path(proposals) if proposals else settings.proposals,
        lock=Path(lock) if lock else settings.lock,
    )
    check_start(settings, os.environ)
    create_app = import_from_string("api.app:create_app")  # by name: the shell lies below the HTTP door
    app = create_app(Path(audit), settings=settings, proposals=_book(settings, config))
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


def _book(settings: Serve, config: str | None) -> Proposals | None:
    from auditor.proposals.book import Proposals
    from auditor.proposals.drafts import Files

    if settings.proposals is None:
        return None
    return Proposals(settings.proposals, Files(settings.lock or Path(DEFAULT_LOCK), config))


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens, so that the user hears now what is in the way. Raises UsageProblem."""
    bare = host.strip("[]")
    family = socket.AF_INET6 if ":" in bare else socket.AF_INET
    try:
        return socket.create_server((bare, port), family=family, backlog=2048)
    except OSError as error:
        raise UsageProblem(f"{host}:{port}: cannot be listened on ({error.strerror}); choose another --port") from None
