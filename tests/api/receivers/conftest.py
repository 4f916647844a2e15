from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.receivers.app import receivers
from auditor.intake import Intake, Limits


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    one = Intake(tmp_path / "intake", Limits(request_bytes=1 << 20, body_seconds=0.2))
    one.start()
    yield one
    one.stop()


@pytest.fixture
def client(intake: Intake) -> TestClient:
    return TestClient(Starlette(routes=receivers(intake)))
