"""Telemetry counted inside Spark: read, divided by trace, counted, added up; with the result of the local engine.

What lies on this machine, or is mounted everywhere under the same name, tasks read themselves, large files in pieces;
what has another address Spark reads for them, each file whole.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial, reduce

import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import col

from auditor.engine.shares import INFLATION
from auditor.engine.spark import tasks
from auditor.engine.spark.cluster import Cluster
from auditor.engine.spark.decoding import Input
from auditor.engine.spark.files import File, Remote
from auditor.engine.spark.listing import check_inputs, find_files
from auditor.engine.spark.planning import cut_in_vain, report_on, tasks_for
from auditor.engine.spark.progress import watched
from auditor.engine.spark.records import LINKS, ROWS, SPANS, SPARK_SCHEMA, Note, noted
from auditor.engine.spark.session import session
from auditor.index.models import unpack
from auditor.telemetry.read import Columns, Progress, Source, check
from auditor.telemetry.report import ReadReport
from auditor.telemetry.spans import ROW
from lineage.merge import total
from lineage.system import SystemModel

_SPANS = 500_000  # that one task counts, about
_BUCKET = 256 << 20  # plain bytes of telemetry, at the most
_MOST_BITS = 14
_TOGETHER = 32  # models that are added up in one place
_GLOB = str.maketrans({character: "\\" + character for character in "\\*?[]{}"})


def count_inputs(
    cluster: Cluster, paths: Sequence[str], report: ReadReport, progress: Progress | None, columns: Columns | None
) -> SystemModel:
    """Read and count inputs in Spark, as `engine.local.count_inputs` does here. Raises AuditorError.

    `progress` is told tasks done and tasks in all, of the stages that Spark is at.
    """
    check_inputs(paths)
    with session(cluster) as spark, watched(spark, progress):
        model = count_files(spark, find_files(spark, paths), report, columns)
        check(report, paths)
        return model


def count_files(
    spark: SparkSession, files: Sequence[File], report: ReadReport, columns: Columns | None = None
) -> SystemModel:
    """Count files on a session of Spark. Raises InputError for a file that was named and cannot be read."""
    settings = tasks.Settings(columns, _bits(spark, files))
    reading = tasks.Reading(tasks_for(files), settings)
    taken = _taken(reduce(DataFrame.union, [_read(spark, reading), *_fetched(spark, files, settings)]))
    if vain := cut_in_vain(taken.notes):
        taken = _read_in_one(spark, files, reading, taken, vain)
    told = report_on(files, taken.notes)
    report.add(told)
    spans = sum(one.spans for one in told.inputs)
    parts = max(spark.sparkContext.defaultParallelism, math.ceil(spans / _SPANS))
    return _counted(spark, taken, min(parts, 1 << settings.bits))


@dataclass(frozen=True, slots=True)
class _Taken:
    """What was read: the records of it, where Spark keeps them, and of these the notes and rows, here."""

    records: DataFrame
    notes: Sequence[Note]
    rows: Sequence[pa.RecordBatch]


def _read(spark: SparkSession, reading: tasks.Reading) -> DataFrame:
    count = len(reading.tasks)
    return _mapped(spark.range(0, count, 1, max(count, 1)), partial(tasks.read, reading))


def _fetched(spark: SparkSession, files: Sequence[File], settings: tasks.Settings) -> Iterator[DataFrame]:
    remotes = ((number, file) for number, file in enumerate(files) if isinstance(file, Remote) and not file.is_hidden)
    remote = {file.uri: (number, file.is_named) for number, file in remotes}
    if remote:
        contents = spark.read.format("binaryFile").load([uri.translate(_GLOB) for uri in remote])
        fetching = tasks.Fetching(remote, settings)
        yield _mapped(contents.select("path", "content"), partial(tasks.fetch, fetching))


def _taken(records: DataFrame) -> _Taken:
    records = records.persist(StorageLevel.DISK_ONLY)  # read twice: here, and when spans are counted
    aside = records.where(~col("kind").isin(SPANS, LINKS))
    united = _mapped(aside.repartition(col("bucket")), partial(tasks.unite, None)).collect()
    notes = [noted(record.data) for record in united if record.kind != ROWS]
    rows = [pa.ipc.read_record_batch(pa.py_buffer(record.data), ROW) for record in united if record.kind == ROWS]
    return _Taken(records, notes, rows)


def _read_in_one(
    spark: SparkSession, files: Sequence[File], reading: tasks.Reading, taken: _Taken, vain: set[int]
) -> _Taken:
    """What was read, but files that were cut in vain read once more."""
    whole = [[Input(number, 0, file)] for number in sorted(vain) if isinstance(file := files[number], Source)]
    again = _taken(_read(spark, tasks.Reading(whole, reading.settings)))
    dropped = [task for task, inputs in enumerate(reading.tasks) if inputs[0].source in vain]
    records = taken.records.where(~col("task").isin(dropped)).union(again.records)
    notes = [note for note in taken.notes if note.source not in vain]
    return _Taken(records, [*notes, *again.notes], [*taken.rows, *again.rows])


def _counted(spark: SparkSession, taken: _Taken, parts: int) -> SystemModel:
    rows = pa.BufferOutputStream()
    with pa.ipc.new_stream(rows, ROW) as writer:
        for batch in taken.rows:
            writer.write_batch(batch)
    shared = spark.sparkContext.broadcast(rows.getvalue().to_pybytes())
    spans = taken.records.where(col("kind").isin(SPANS, LINKS))
    divided = spans.repartition(parts, col("bucket")).sortWithinPartitions("bucket")
    models = _mapped(divided, partial(tasks.count, shared))
    if parts > _TOGETHER:
        models = _mapped(models.repartition(math.ceil(parts / _TOGETHER)), partial(tasks.add, None))
    return total(unpack(record.data) for record in models.collect())


def _mapped(frame: DataFrame, task: Callable[[tasks.Batches], tasks.Batches]) -> DataFrame:
    return frame.mapInArrow(task, SPARK_SCHEMA)


def _bits(spark: SparkSession, files: Sequence[File]) -> int:
    """How many bits number the buckets: enough for small ones, and for all processors to have several."""
    plain = sum(file.size * INFLATION for file in files)
    wanted = max(2 * spark.sparkContext.defaultParallelism, plain // _BUCKET)
    return min(max(math.ceil(math.log2(wanted)), 1), _MOST_BITS)
