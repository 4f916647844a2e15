"""How services reach each other, and the world outside. What is said on the way goes into the ground truth."""

from __future__ import annotations

import grpc
import httpx

from clinic.generated import clinic_pb2_grpc as rpc
from clinic.settings import setting
from clinic.wire import OverGrpc, http_client


def patients_of(caller: str) -> rpc.PatientsStub:
    """The patient service, over gRPC."""
    channel = grpc.insecure_channel(f"127.0.0.1:{setting('patients_port')}")
    return rpc.PatientsStub(grpc.intercept_channel(channel, OverGrpc(caller, "patients")))


def inside(caller: str, callee: str) -> httpx.Client:
    """Another service of the clinic, over HTTP."""
    return http_client(caller, callee, base_url=f"http://127.0.0.1:{setting(f'{callee}_port')}")


def outside(caller: str, host: str) -> httpx.Client:
    """A host outside. It lies behind the company's outgoing proxy, as such things do."""
    proxy = f"http://127.0.0.1:{setting('outside_port')}"
    return http_client(caller, host, base_url=f"http://{host}", proxy=proxy)
