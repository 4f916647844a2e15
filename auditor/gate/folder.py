"""The state folder: the lock, and beside it policy.toml and waivers.toml."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.gate import clock, policyfile, waiverfile
from auditor.gate.policyfile import load_policy
from auditor.gate.waiverfile import load_waivers
from auditor.lockfile import load_lock
from lineage.gate.policy import Standards
from lineage.lock import Lock


@dataclass(frozen=True, slots=True)
class Folder:
    """Where a team's decisions are: `lock` is a file, and the others lie beside it."""

    lock: Path

    @property
    def policy(self) -> Path:
        return self.lock.parent / policyfile.FILE

    @property
    def waivers(self) -> Path:
        return self.lock.parent / waiverfile.FILE


@dataclass(frozen=True, slots=True)
class Decisions:
    """Everything that was decided, as read: the lock (None when there is no file), policy and waivers, today."""

    lock: Lock | None
    standards: Standards


def load_decisions(lock: str, own: Sequence[str] = ()) -> Decisions:
    """Read the lock and what lies beside it. `own` are the team's own categories.

    Raises InputError or ConfigError, naming file and place.
    """
    folder = Folder(Path(lock))
    policy, waivers = load_policy(folder.policy, own), load_waivers(folder.waivers)
    return Decisions(load_lock(lock), Standards(policy, waivers, clock.today()))
