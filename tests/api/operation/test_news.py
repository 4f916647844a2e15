"""From an audit with a new exposure to the webhook, the feeds and the metrics, in the running application."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.examples import EXAMPLE
from auditor.errors import ConfigError
from auditor.notify.webhook import VARIABLE
from auditor.operation.settings import Serve, Webhook


class Receiver(HTTPServer):
    """Takes what it is sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Takes)
        self.ids: list[str] = []


class _Takes(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Receiver)
        self.rfile.read(int(self.headers["content-length"]))
        self.server.ids.append(self.headers["webhook-id"])
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_new_exposure_is_told_once(
    folder: Path, guarded: tuple[Serve, Mapping[str, str]], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "k" * 32)
    settings, tokens = guarded
    url = f"http://127.0.0.1:{receiver.server_address[1]}/hook"
    settings = replace(settings, state=folder / "state", webhook=Webhook(url))
    reading = {"authorization": f"Bearer {tokens['read']}"}
    for _ in range(2):  # a restart tells nothing twice
        with TestClient(create_app(folder, settings=settings)) as client:
            wait_for(receiver)
            assert client.get("/feeds/exposures.json").status_code == 401
            feed = client.get("/feeds/exposures.json", headers=reading)
            rss = client.get("/feeds/exposures.rss", headers=reading)
            metrics = client.get("/metrics", headers={"authorization": f"Bearer {tokens['metrics']}"}).text
            time.sleep(0.1)
    assert receiver.ids == ["news-1-1"]
    assert feed.headers["content-type"].startswith("application/feed+json")
    assert [item["id"] for item in feed.json()["items"]] == [EXAMPLE.exposures[0].id]
    assert fromstring(rss.content).findtext("channel/item/guid") == EXAMPLE.exposures[0].id
    assert 'auditor_notifications_total{outcome="delivered"} 1.0' in metrics
    assert 'auditor_exposures_raised_total{state="new"} 1.0' in metrics


def wait_for(receiver: Receiver) -> None:
    until = time.monotonic() + 10
    while not receiver.ids and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.05)


def test_a_webhook_without_a_key_is_said_at_start(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(ConfigError, match=VARIABLE):
        create_app(folder, settings=Serve(state=folder / "state", webhook=Webhook("https://hook.example/")))
