"""How far Spark is, asked of it twice a second: tasks done and tasks in all, of the stages at work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from pyspark.sql import SparkSession

from auditor.telemetry.read import Progress

_PAUSE = 0.5  # seconds


@contextmanager
def watched(spark: SparkSession, progress: Progress | None) -> Iterator[None]:
    """Tell `progress` how far Spark is, until leaving."""
    if progress is None:
        yield
        return
    over = Event()
    watcher = Thread(target=_watch, args=(spark, progress, over), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _watch(spark: SparkSession, progress: Progress, over: Event) -> None:
    tracker = spark.sparkContext.statusTracker()
    while not over.wait(_PAUSE):
        stages = [stage for number in tracker.getActiveStageIds() if (stage := tracker.getStageInfo(number))]
        if stages:
            progress(sum(stage.numCompletedTasks for stage in stages), sum(stage.numTasks for stage in stages))
