"""What inputs stand for: files of this machine, and files on whatever Spark can read (hdfs://, s3a://, ...)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

from auditor.engine.spark.files import File, Remote
from auditor.engine.spark.problems import in_words
from auditor.errors import InputError, UsageProblem
from auditor.telemetry.read import STANDARD_INPUT, Source, find_sources
from auditor.telemetry.trace_stores.address import is_store_url


def check_inputs(paths: Sequence[str]) -> None:
    """What can be said of inputs before Spark is started. Raises InputError, UsageProblem."""
    if STANDARD_INPUT in paths:
        raise UsageProblem("--engine spark reads files: standard input is for the local engine")
    if any(map(is_store_url, paths)):
        raise UsageProblem("--engine spark reads files: stores of traces are for the local engine")
    find_sources([path for path in paths if not _is_uri(path)])
    if any(_is_uri(path) and urlsplit(path).password for path in paths):
        raise UsageProblem("an INPUT with a password in it: leave that to Spark's settings, since reports name inputs")


def find_files(spark: SparkSession, paths: Sequence[str]) -> list[File]:
    """The files that paths stand for, in the order of the paths. Raises InputError."""
    return [file for path in paths for file in (_listed(spark, path) if _is_uri(path) else find_sources([path]))]


def _is_uri(path: str) -> bool:
    return "://" in path


def _listed(spark: SparkSession, uri: str) -> list[File]:
    """The files of a URI: of a file, a folder and all below it, or a pattern (* ? [] {})."""
    jvm: Any = spark._jvm
    try:
        place = jvm.org.apache.hadoop.fs.Path(uri)
        system = place.getFileSystem(spark._jsc.hadoopConfiguration())
        found = [(status, True) for status in system.globStatus(place) or ()]
        files = [one for status, _ in found for one in _files(system, status)]
    except Py4JJavaError as error:
        reason = in_words(error, "is the address right, and may Spark read there?")
        raise InputError(f"{uri}: cannot be listed: {reason}") from None
    if not files:
        raise InputError(f"{uri}: there is no such file; name a file, a folder or a pattern of traces")
    return sorted(files, key=lambda file: file.shown)


def _files(system: Any, status: Any) -> Iterator[File]:
    if status.isFile():
        yield _file(status, True)
        return
    below = system.listFiles(status.getPath(), True)
    while below.hasNext():
        yield _file(below.next(), False)


def _file(status: Any, is_named: bool) -> File:
    where = status.getPath().toUri()
    if where.getScheme() == "file":
        return Source(Path(where.getPath()), is_named)
    return Remote(status.getPath().toString(), status.getLen(), is_named)
