"""Starting and ending Spark, quietly: on a machine of its own it speaks to nobody, and its log goes to a file."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

from py4j.java_gateway import JavaGateway
from pyspark import SparkConf, SparkContext
from pyspark.java_gateway import launch_gateway
from pyspark.sql import SparkSession

from auditor.engine.spark.cluster import Cluster
from auditor.engine.spark.problems import told
from auditor.errors import AuditorError, UsageProblem

_ALWAYS = {
    "spark.app.name": "auditor",
    "spark.ui.showConsoleProgress": "false",
    "spark.rdd.compress": "true",  # spans between their two stages
    "spark.sql.inMemoryColumnarStorage.batchSize": "256",  # records, each of which may be large
    "spark.sql.execution.arrow.maxBytesPerBatch": str(32 << 20),
}
_ALONE = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}
_SUBMITTED = "PYSPARK_GATEWAY_PORT"  # set where spark-submit has started this process
_NO_JAVA = "--engine spark needs Java 17 or later: install it, or set JAVA_HOME to where it is"


@contextmanager
def session(cluster: Cluster) -> Iterator[SparkSession]:
    """A session of Spark, ended on leaving. Raises UsageProblem where it cannot start, and what `told` raises."""
    if _SUBMITTED not in os.environ:
        cluster = replace(cluster, master=cluster.master or "local[*]")
        if cluster.is_local:
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        _check_java()
    conf = SparkConf()
    settings = _ALWAYS | (_ALONE if cluster.is_local else {}) | dict(cluster.settings)
    conf.setAll([*settings.items(), *([("spark.master", cluster.master)] if cluster.master else [])])
    with _log_kept(), told(None if _SUBMITTED in os.environ else _log()):
        if _SUBMITTED not in os.environ and SparkContext._gateway is None:
            SparkContext._ensure_initialized(gateway=_java(conf))
        spark = SparkSession(SparkContext(conf=conf))
        try:
            yield spark
        finally:
            spark.stop()


def _java(conf: SparkConf) -> JavaGateway:
    """A process of Java, which lives as long as this one."""
    launch: Callable[..., JavaGateway] = launch_gateway
    with _log().open("ab") as log:
        return launch(conf, {"stdout": log, "stderr": log})


@cache
def _log() -> Path:
    """A file for what Spark says (of files the names, never what is in them); gone at the end, if all went well."""
    handle, name = tempfile.mkstemp(prefix="auditor-spark-", suffix=".log")
    os.close(handle)
    atexit.register(_remove_log)
    return Path(name)


@contextmanager
def _log_kept() -> Iterator[None]:
    """Leave the log where something goes wrong: the error names it."""
    try:
        yield
    except AuditorError:
        atexit.unregister(_remove_log)
        raise


def _remove_log() -> None:
    _log().unlink(missing_ok=True)


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java", path=str(Path(home, "bin"))) if home else shutil.which("java")):
        raise UsageProblem(_NO_JAVA)
