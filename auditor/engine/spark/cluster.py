"""Where Spark runs, as the user says it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.errors import UsageProblem

ENGINES = ("local", "spark")
_MASTER = re.compile(r"local(?:\[(?:\d+|\*)(?:,\s*\d+)?\])?|yarn|(?:spark|k8s)://\S+")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A master (None: what `spark-submit` says, else this machine) and settings of Spark."""

    master: str | None
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def is_local(self) -> bool:
        """Whether all runs in one process of this machine."""
        return self.master is not None and self.master.startswith("local")


def read_cluster(engine: str, master: str | None, settings: Sequence[str]) -> Cluster | None:
    """The cluster that `--engine`, `--master` and `--spark-conf KEY=VALUE` name; None for the local engine.

    Raises UsageProblem.
    """
    if engine not in ENGINES:
        raise UsageProblem(f"--engine {engine}: is none; {', '.join(ENGINES)}")
    if engine == "local":
        if master or settings:
            raise UsageProblem("--master and --spark-conf: only with --engine spark")
        return None
    if master is not None and not _MASTER.fullmatch(master):
        raise UsageProblem(f"--master {master}: is none; local[2], local[*], spark://HOST:PORT, yarn, k8s://URL")
    pairs = [setting.partition("=") for setting in settings]
    for key, equals, _ in pairs:
        if not key.startswith("spark.") or not equals:
            raise UsageProblem(f"--spark-conf {key}: must be KEY=VALUE, as in spark.executor.memory=8g")
    return Cluster(master, tuple((key, value) for key, _, value in pairs))
