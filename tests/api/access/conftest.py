"""The application behind its door, with a token of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from api.examples import EXAMPLE
from auditor.access.model import SCOPES
from auditor.access.tokenfile import write_token_file
from auditor.access.tokens import Token, new_secret
from auditor.operation.settings import Serve
from reports.audit_json import dumps


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an audit."""
    (tmp_path / "audit.json").write_text(dumps(EXAMPLE))
    return tmp_path


@pytest.fixture
def guarded(tmp_path: Path) -> tuple[Serve, Mapping[str, str]]:
    """Settings with a token for each scope, and those tokens by scope."""
    secrets = {scope: new_secret() for scope in SCOPES}
    file = tmp_path / "tokens.toml"
    write_token_file(file, [Token(scope, secret.digest(), frozenset({scope})) for scope, secret in secrets.items()])
    return Serve(tokens=file), {scope: secret.reveal() for scope, secret in secrets.items()}
