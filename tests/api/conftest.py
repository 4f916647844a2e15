"""The API over the made-up audit that its own examples come from."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from api.app import create_app
from api.examples import EXAMPLE
from auditor.access.model import SCOPES
from auditor.access.tokenfile import write_token_file
from auditor.access.tokens import Token, new_secret
from auditor.operation.settings import Serve
from reports.audit_json import dumps

with warnings.catch_warnings():  # it warns once, on import, that a later version wants another HTTP client
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an audit."""
    (tmp_path / "audit.json").write_text(dumps(EXAMPLE))
    return tmp_path


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of the API over such a folder, for tests that only read."""
    folder = tmp_path_factory.mktemp("audit")
    (folder / "audit.json").write_text(dumps(EXAMPLE))
    with TestClient(create_app(folder), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def guarded(tmp_path: Path) -> tuple[Serve, Mapping[str, str]]:
    """Settings with a token for each scope, and those tokens by scope."""
    secrets = {scope: new_secret() for scope in SCOPES}
    file = tmp_path / "tokens.toml"
    write_token_file(file, [Token(scope, secret.digest(), frozenset({scope})) for scope, secret in secrets.items()])
    return Serve(tokens=file), {scope: secret.reveal() for scope, secret in secrets.items()}
