"""What went wrong in Spark, in words for a user. What Spark says itself may be pages, and is in its log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from py4j.protocol import Py4JError, Py4JJavaError
from pyspark.errors import PySparkException

from auditor.engine.spark.entry import MISSING
from auditor.errors import AuditorError, InputError, UsageProblem

_TASK = re.compile(r"TaskFailed: (\w+ at [^\r\n]{1,300})")
_UNREADABLE = re.compile(r"\[FAILED_READ_FILE[^\]]*\] [^\r\n]*?(\w+:/[^\r\n]*?)\.(?: |$)", re.MULTILINE)
_NO_READER = re.compile(r"No FileSystem for scheme \"?(\w+)|Class org\.apache\.hadoop\.fs\.(\w+)\S* not found")
_SHIP = "install it there, or ship its virtual environment: docs/scale.md"
_ENDED = re.compile(r"ExecutorLostFailure|Python worker exited unexpectedly|OutOfMemoryError|Cannot reserve additional")


@contextmanager
def told(log: Path | None) -> Iterator[None]:
    """Raise what goes wrong in Spark as AuditorError in one line; `log` is where Spark's own words go."""
    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise in_words(error, f"Spark's own words are in {log}" if log else "Spark's log says more") from None


def in_words(error: Exception, more: str) -> AuditorError:
    """An error of Spark's in one line that quotes no input, with `more` at its end."""
    text = str(error)
    if found := _TASK.search(text):
        return AuditorError(f"a task in Spark failed on an error of the auditor's own ({found[1]}); {more}")
    if "PACKAGE_NOT_INSTALLED" in text:
        return UsageProblem(MISSING)
    if "ModuleNotFoundError" in text:
        return UsageProblem(f"Spark's executors lack the auditor, or a package that it needs: {_SHIP}; {more}")
    if "PYTHON_VERSION_MISMATCH" in text:
        return UsageProblem(f"Spark's executors run another version of Python than the auditor: {_SHIP}; {more}")
    if "JAVA_GATEWAY_EXITED" in text or "UnsupportedClassVersionError" in text:
        return UsageProblem(f"Spark did not start: it needs Java 17 or later, and settings that it knows; {more}")
    if found := _NO_READER.search(text):
        return UsageProblem(
            f"Spark has no reader for this kind of address ({found[1] or found[2]}): docs/scale.md; {more}"
        )
    if found := _UNREADABLE.search(text):
        return InputError(f"{found[1]}: Spark cannot read it; {more}")
    if _ENDED.search(text):
        return AuditorError(
            f"a process of Spark's was ended, perhaps for want of memory: give executors more "
            f"(spark.executor.memory, spark.executor.memoryOverhead), or fewer cores each; {more}"
        )
    return AuditorError(f"Spark failed ({_kind(error)}); {more}")


def _kind(error: Exception) -> str:
    if isinstance(error, Py4JJavaError):
        return str(error.java_exception.getClass().getSimpleName())
    condition = error.getCondition() if isinstance(error, PySparkException) else None
    return condition or type(error).__name__
