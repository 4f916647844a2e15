"""The whole API against its own description, with requests that a generator makes up."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api.app import create_app
from api.examples import EXAMPLE
from auditor.proposals.book import Proposals
from auditor.proposals.drafts import Files
from reports.audit_json import dumps
from tests.api.test_app import ROUTES

# A description cannot say that a window ends after it begins, that a cursor was given out, or that an id is known: what
# keeps to it may be refused. All other checks hold: no failure, only the statuses, types and shapes that are described,
# and what does not keep to the description is refused.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "8"))  # of each operation; `make fuzz-api` asks for many more


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> schemathesis.BaseSchema:
    """The description of a server with everything switched on."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "audit.json").write_text(dumps(EXAMPLE))
    app = create_app(folder, proposals=Proposals(folder / "log", Files(Path(folder / "flows.lock.json"))))
    return schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.mark.parametrize(("path", "method"), [(path, *route.methods) for path, route in ROUTES])
def test_every_operation_keeps_to_its_description(described: schemathesis.BaseSchema, path: str, method: str) -> None:
    @given(case=described[path][method].as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=EXAMPLES < 100,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Case) -> None:
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    ask()
