"""A file store. It publishes no description of its interface, and would not know what is in a file anyway."""

from __future__ import annotations

import os
from pathlib import Path

from fastapi import FastAPI, Request, Response

app = FastAPI(title="files", openapi_url=None)


@app.put("/{path:path}")
async def put(path: str, request: Request) -> Response:
    """Keep a file."""
    kept = Path(os.environ["CLINIC_FILES"], path)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(await request.body())
    return Response(status_code=201)
