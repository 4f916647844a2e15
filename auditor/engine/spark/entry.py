"""The way to the engine inside Spark, whose packages may be missing."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from auditor.engine.spark.cluster import Cluster
from auditor.errors import UsageProblem
from auditor.telemetry.read import Columns, Progress
from auditor.telemetry.report import ReadReport
from lineage.system import SystemModel

MISSING = "--engine spark needs more packages: pip install 'privacy-auditor[spark]'"


def count_in(
    cluster: Cluster, paths: Sequence[str], report: ReadReport, progress: Progress | None, columns: Columns | None
) -> SystemModel:
    """See `count.count_inputs`. Raises UsageProblem where Spark is not installed."""
    with warnings.catch_warnings():
        # Said of pandas, which Spark asks for but which is not used here.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        try:
            from auditor.engine.spark.count import count_inputs
        except ModuleNotFoundError as error:
            if error.name not in ("pyspark", "py4j"):
                raise
            raise UsageProblem(MISSING) from None
        return count_inputs(cluster, paths, report, progress, columns)
