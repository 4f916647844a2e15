"""The outside payment provider, as its customers see it: an answer to every charge, and no spans."""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Provider(BaseHTTPRequestHandler):
    """Takes a charge, gives a token."""

    charges = 0

    def do_POST(self) -> None:
        """Answer with a token that says nothing of the card."""
        self.rfile.read(int(self.headers["Content-Length"]))
        Provider.charges += 1
        body = json.dumps({"token": f"tok_{Provider.charges:04d}", "status": "succeeded"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *values: object) -> None:
        """Say nothing: a log of charges would be a second leak."""


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Provider).serve_forever()
