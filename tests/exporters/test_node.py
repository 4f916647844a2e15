"""OpenTelemetry's exporters for Node: run by `make test-exporters`, which installs them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.receiving import running, spans_in

HERE = Path(__file__).parent
ADDRESSES = {
    "json": "http://127.0.0.1:{http}/v1/traces",
    "json-gzip": "http://127.0.0.1:{http}/v1/traces",
    "proto": "http://127.0.0.1:{http}/v1/traces",
    "proto-gzip": "http://127.0.0.1:{http}/v1/traces",
    "grpc": "http://127.0.0.1:{grpc}",
    "zipkin": "http://127.0.0.1:{http}/api/v2/spans",
}


def test_every_exporter_delivers_its_spans(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules").exists():
        pytest.skip("the exporters for Node are not installed: make test-exporters")
    with running(tmp_path, "--grpc") as receiver:
        for kind, address in ADDRESSES.items():
            url = address.format(http=receiver.http, grpc=receiver.grpc)
            sent = subprocess.run([node, "send.mjs", kind, url, "100"], cwd=HERE, capture_output=True, text=True)
            assert sent.returncode == 0, f"{kind}: {sent.stderr}"
            assert len(sent.stdout.split()) == 200
            assert {tuple(line.split()) for line in sent.stdout.splitlines()} <= set(spans_in(tmp_path)), kind
