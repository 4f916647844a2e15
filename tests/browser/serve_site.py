"""Serves the pages that the browser looks at, and says where: python -m tests.browser.serve_site.

The first line of standard output is a JSON object of addresses: sample, a small shop whose decisions can be proposed;
hostile, the same with every payload in every name; long, with names of 10,000 letters; large, 400 services.
"""

from __future__ import annotations

import json
import socket
import sys
import tempfile
import threading
from pathlib import Path

import uvicorn

from api.app import create_app
from auditor.proposals.book import Proposals
from auditor.proposals.drafts import Files
from lineage.audit import Audit
from reports.audit_json import loads
from tests.api.test_pages import Audits
from tests.bench.graph import made_up
from tests.browser.make_pages import BREAKS_TEXT
from tests.reports.conftest import HERE, poisoned
from tests.reports.test_html import PAYLOADS


def main() -> None:
    """Serve until standard input ends."""
    sample = loads((HERE / "sample_audit.json").read_bytes())
    folder = Path(tempfile.mkdtemp(prefix="site-browser-"))
    audits = {
        "sample": sample,
        "hostile": poisoned(sample, Audit, "".join(PAYLOADS) + BREAKS_TEXT, {"format"}),
        "long": poisoned(sample, Audit, "x" * 10_000, {"format", "id", "flows", "via", "statements"}),
        "large": made_up(400, 8_000, columns=20),
    }
    addresses = {}
    for name, audit in audits.items():
        proposals = Proposals(folder / name, Files(folder / name / "flows.lock.json"))
        door = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(Audits(audit), proposals=proposals), log_level="error"))
        threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True).start()
        addresses[name] = f"http://127.0.0.1:{door.getsockname()[1]}"
    print(json.dumps(addresses), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
