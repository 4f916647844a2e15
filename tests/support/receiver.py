"""A receiver in a process of its own, to be killed: python -m tests.support.receiver FOLDER [--grpc] [LIMIT=VALUE...].

It writes the ports it listens on to standard output, as JSON, once it does.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from api.receivers.app import receivers
from auditor.intake import Intake, Limits


async def serve(folder: Path, limits: Limits, with_grpc: bool) -> None:
    intake = Intake(folder, limits)
    intake.start()
    listening = socket.create_server(("127.0.0.1", 0))
    ports = {"http": listening.getsockname()[1]}
    config = uvicorn.Config(Starlette(routes=receivers(intake)), access_log=False, log_level="warning")
    server = uvicorn.Server(config)
    if with_grpc:
        from api.receivers.grpc_door import GrpcDoor

        door = GrpcDoor(intake)
        ports["grpc"] = await door.start("127.0.0.1:0")
    print(json.dumps(ports), flush=True)
    await server.serve(sockets=[listening])
    if with_grpc:
        await door.stop(1.0)
    intake.stop()


def main(folder: str, *options: str) -> None:
    limits = dict(option.split("=") for option in options if "=" in option)
    given = {name: type(getattr(Limits(), name))(float(value)) for name, value in limits.items()}
    asyncio.run(serve(Path(folder), Limits(**given), "--grpc" in options))


if __name__ == "__main__":
    main(*sys.argv[1:])
