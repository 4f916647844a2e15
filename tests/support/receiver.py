"""A receiver to be killed: python -m tests.support.receiver FOLDER [--grpc] [--release] [LIMIT=VALUE...].

It writes its process id and the ports it listens on to standard output, as JSON, once it listens. With `--nursery` it
has everything imported and starts a receiver, as a child, for each line of such arguments that it reads.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

import uvicorn
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.applications import Starlette

from api.patience import PatientProtocol
from api.receivers.app import receivers
from auditor.intake import Answer, Delivery, Intake, Limits, Outcome
from auditor.intake.inflate import inflate
from auditor.intake.journal import read_entries
from auditor.intake.room import PER_REQUEST
from auditor.intake.spans import SpanDecoder
from tests.support.otlp import protobuf, request, span


class Discard(Intake):
    """Parses with the official library, and throws away."""

    def deliver(self, delivery: Delivery) -> Future[Answer]:
        ExportTraceServiceRequest.FromString(inflate(delivery.body, delivery.encoding, self.limits.request_bytes))
        self.room.give_back(len(delivery.body) + PER_REQUEST)
        answer: Future[Answer] = Future()
        answer.set_result(Answer(Outcome.ACCEPTED))
        return answer


def release(intake: Intake) -> None:
    """Take the entries over as a store would, once a second."""
    while True:
        time.sleep(1.0)
        for entry in read_entries(intake.folder):
            intake.release(entry.id)


async def serve(intake: Intake, options: Sequence[str]) -> None:
    intake.start()
    with_grpc = "--grpc" in options
    if "--release" in options:
        threading.Thread(target=release, args=(intake,), daemon=True).start()
    listening = socket.create_server(("127.0.0.1", 0))
    ports = {"pid": os.getpid(), "http": listening.getsockname()[1]}
    config = uvicorn.Config(
        Starlette(routes=receivers(intake)), http=PatientProtocol, access_log=False, log_level="warning"
    )
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
    kind = Discard if "--discard" in options else Intake
    asyncio.run(serve(kind(Path(folder), Limits(**given)), options))


def nurse() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the killed
    SpanDecoder().decode([("protobuf", protobuf(request(span(1, "server", "GET /a"))))])  # imports the rest
    print(flush=True)
    for line in sys.stdin:
        if os.fork() == 0:
            try:
                main(*line.split())
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(0)


if __name__ == "__main__":
    if sys.argv[1] == "--nursery":
        nurse()
    else:
        main(*sys.argv[1:])
