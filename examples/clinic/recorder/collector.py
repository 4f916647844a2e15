"""A collector that keeps what exporters send, exactly as it came."""

from __future__ import annotations

import base64
import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

_IDS = ("traceId", "spanId", "parentSpanId")


class Collector:
    """Receives OTLP over HTTP on 127.0.0.1 until `stop`."""

    def __init__(self, port: int) -> None:
        self.requests: list[bytes] = []
        requests = self.requests

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                requests.append(body)
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *values: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Take no more."""
        self._server.shutdown()

    def documents(self) -> list[dict[str, Any]]:
        """The requests as OTLP/JSON: hexadecimal ids, integer enums, 64-bit integers as text."""
        found = []
        for body in self.requests:
            message = ExportTraceServiceRequest.FromString(body)
            document = MessageToDict(message, use_integers_for_enums=True)
            for resource in document.get("resourceSpans", ()):
                for scope in resource.get("scopeSpans", ()):
                    for span in scope.get("spans", ()):
                        for owner in (span, *span.get("links", ())):
                            owner.update({k: base64.b64decode(owner[k]).hex() for k in _IDS if k in owner})
            found.append(document)
        return found

    def write(self, folder: Path) -> None:
        """`traces.otlp.jsonl.gz`, one request a line; `traces.otlp.pb.gz`, each request behind its length."""
        lines = "".join(json.dumps(document, separators=(",", ":")) + "\n" for document in self.documents())
        frames = b"".join(_varint(len(body)) + body for body in self.requests)
        (folder / "traces.otlp.jsonl.gz").write_bytes(gzip.compress(lines.encode(), mtime=0))
        (folder / "traces.otlp.pb.gz").write_bytes(gzip.compress(frames, mtime=0))


def _varint(number: int) -> bytes:
    result = b""
    while number > 0x7F:
        result += bytes((number & 0x7F | 0x80,))
        number >>= 7
    return result + bytes((number,))
