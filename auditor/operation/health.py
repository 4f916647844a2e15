"""Is the service alive, and may it be sent requests?"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from auditor.operation.logs import tell

Check = Callable[[], str | None]
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Health:
    """`checks` say, by name, what is wrong, or None. `draining` is True from the moment it was told to stop."""

    checks: dict[str, Check] = field(default_factory=dict)
    draining: bool = False

    def failing(self) -> dict[str, str]:
        """The checks that fail, with the sentence of each for the operator; empty when it is ready."""
        found = {"draining": "the service is stopping"} if self.draining else {}
        for name, check in self.checks.items():
            if wrong := _ask(check):
                found[name] = wrong
        return found


def _ask(check: Check) -> str | None:
    try:
        return check()
    except Exception as error:
        tell(_log, logging.ERROR, "check failed", error=type(error).__name__)
        return f"the check itself failed ({type(error).__name__})"
