"""The world outside, as the clinic sees it: other people's services, behind one proxy. None of them sends spans."""

from __future__ import annotations

from typing import Any

from clinic.outside import files, insurer, laboratory, llm, mail, payments

HOSTS = {
    "payments.example.test": payments.app,
    "mail.example.test": mail.app,
    "insurer.example.test": insurer.app,
    "laboratory.example.test": laboratory.app,
    "api.llm.example": llm.app,
    "files.example.test": files.app,
}


async def proxy(scope: Any, receive: Any, send: Any) -> None:
    """An ASGI application that hands each request, as a proxy gets it, to its host."""
    if scope["type"] == "http":
        host = dict(scope["headers"])[b"host"].decode()
        path = scope["path"].removeprefix(f"http://{host}")
        await HOSTS[host](scope | {"path": path, "raw_path": path.encode()}, receive, send)
