"""`auditor serve`: check everything, then listen."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.console import say
from auditor.errors import UsageProblem
from auditor.files import DEFAULT_LOCK
from auditor.options import ConfigOption, EdgesOption, SchemaOption, StatementsOption

if TYPE_CHECKING:
    from auditor.live.audits import LiveAudits
    from auditor.live.service import Live
    from auditor.operation.settings import Serve
    from auditor.proposals.book import Proposals

AuditOption = Annotated[
    str | None, typer.Option("--audit", metavar="DIR", help="The folder of a finished audit. Default: out.")
]
StoreOption = Annotated[
    str | None,
    typer.Option("--store", metavar="DIR", help="Receive telemetry into this index, and serve audits of it instead."),
]
OtlpPortOption = Annotated[
    int | None,
    typer.Option(
        "--otlp-port",
        metavar="PORT",
        min=0,
        max=65535,
        help="With --store: OTLP over HTTP here too. Default 4318; 0: no.",
    ),
]
GrpcPortOption = Annotated[
    int | None,
    typer.Option(
        "--grpc-port", metavar="PORT", min=0, max=65535, help="With --store: OTLP over gRPC. Default 4317; 0: no."
    ),
]
HostOption = Annotated[
    str | None, typer.Option("--host", metavar="ADDRESS", help="Address to listen on. Default: 127.0.0.1.")
]
PortOption = Annotated[
    int | None, typer.Option("--port", metavar="PORT", help="Port to listen on. Default: 8080.", min=0, max=65535)
]
TokensOption = Annotated[
    str | None, typer.Option("--tokens", metavar="PATH", help="The file of tokens; see auditor token new --help.")
]
ProposalsOption = Annotated[
    str | None, typer.Option("--proposals", metavar="DIR", help="Take proposed decisions, and keep them here.")
]
LockOption = Annotated[
    str | None, typer.Option("--lock", metavar="PATH", help=f"The lock to propose changes of: {DEFAULT_LOCK}.")
]

GRACE = 30  # seconds that requests may take to end once it stops


def serve(
    audit: AuditOption = None,
    store: StoreOption = None,
    schema: SchemaOption = None,
    statements: StatementsOption = None,
    edges: EdgesOption = None,
    host: HostOption = None,
    port: PortOption = None,
    otlp_port: OtlpPortOption = None,
    grpc_port: GrpcPortOption = None,
    tokens: TokensOption = None,
    proposals: ProposalsOption = None,
    lock: LockOption = None,
    config: ConfigOption = None,
) -> int:
    """Serve an audit, or receive telemetry and audit it live.

    With --store telemetry is received, and an audit of it kept up to date. / is for people, /api/v1/... for programs.
    Beyond loopback only with tokens or OIDC. [serve] in auditor.toml says more (docs/operations.md); options beat it.
    """
    from auditor.operation.settings import load_serve
    from auditor.operation.start import check_start

    settings = load_serve(config)
    settings = replace(
        settings,
        host=host or settings.host,
        port=settings.port if port is None else port,
        otlp_port=settings.otlp_port if otlp_port is None else otlp_port,
        grpc_port=settings.grpc_port if grpc_port is None else grpc_port,
        tokens=Path(tokens) if tokens else settings.tokens,
        proposals=Path(proposals) if proposals else settings.proposals,
        lock=Path(lock) if lock else settings.lock,
    )
    check_start(settings, os.environ)
    if store is None:
        if schema or statements or edges:
            raise UsageProblem("--schema, --statements and --edges: only with --store, since an audit is finished")
        _serve(Path(audit or "out"), settings, config, None)
        return 0
    if audit:
        raise UsageProblem("--audit and --store: name one, a finished audit or an index to receive into")
    from auditor.live.service import Live
    from auditor.live.standards import Files
    from auditor.material import Sources

    sources = Sources((), schema or (), 0, statements or (), edges or ())
    with Live(Path(store), Files(sources, config, str(settings.lock or DEFAULT_LOCK)), settings.receiving) as live:
        _serve(live.audits, settings, config, live)
    return 0


def _serve(audits: Path | LiveAudits, settings: Serve, config: str | None, live: Live | None) -> None:
    import uvicorn
    from uvicorn.importer import import_from_string

    from auditor.operation import logs

    create_app = import_from_string("api.app:create_app")  # by name: the shell lies below the HTTP door
    app = create_app(audits, settings=settings, proposals=_book(settings, config), live=live)
    with contextlib.ExitStack() as doors:
        door = doors.enter_context(listen(settings.host, settings.port))
        more = [doors.enter_context(listen(settings.host, settings.otlp_port))] if live and settings.otlp_port else []
        at = f"http://{settings.host}:{door.getsockname()[1]}"
        say([f"Serving {'audits' if live else audits} at {at}/ (and /report, /api/v1/...); stop with Ctrl-C."])
        if live:
            say([f"Receiving OTLP at {at}/v1/traces{_also(settings)}."])
        sys.stdout.flush()
        logs.configure(settings.log)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # the server ends by raising again what ended it
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                http="api.patience:PatientProtocol",
                log_config=None,
                access_log=False,  # it would repeat what people search for; the trail does not
                server_header=False,
                proxy_headers=bool(settings.proxies),
                forwarded_allow_ips=list(settings.proxies),
                timeout_graceful_shutdown=GRACE,
            )
        )
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[door, *more])


def _also(settings: Serve) -> str:
    ports = [f"port {settings.otlp_port} (HTTP)"] if settings.otlp_port else []
    if settings.grpc_port:
        known = find_spec("grpc") is not None
        ports.append(f"port {settings.grpc_port} (gRPC)" if known else "no gRPC (install privacy-auditor[grpc])")
    return f", {', '.join(ports)}" if ports else ""


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
