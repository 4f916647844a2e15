"""The API over the made-up audit that its own examples come from."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.app import create_app
from api.examples import EXAMPLE
from reports.audit_json import dumps

with warnings.catch_warnings():  # it warns once, on import, that a later version wants another HTTP client
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an audit. To be read only."""
    folder = tmp_path_factory.mktemp("audit")
    (folder / "audit.json").write_text(dumps(EXAMPLE))
    return folder


@pytest.fixture(scope="session")
def client(folder: Path) -> Iterator[TestClient]:
    """A client of the API."""
    with TestClient(create_app(folder), raise_server_exceptions=False) as client:
        yield client
