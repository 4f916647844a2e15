"""The live service without its doors: the intake, and the process that audits, started and stopped together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from auditor.index.catalogue import FILE as CATALOGUE
from auditor.intake import Intake
from auditor.intake.journal import FILE as JOURNAL
from auditor.live.audits import LiveAudits
from auditor.live.messages import Task
from auditor.live.process import AuditProcess
from auditor.live.standards import Files
from auditor.operation import received
from auditor.operation.families import Sample
from auditor.operation.receiving import Receiving

INTAKE = "intake"  # the folder's part for what was received and is not in the index yet


class Live:
    """Use it as a context: it takes telemetry from the beginning, and makes audits, until the end.

    `folder` is an index (`auditor scan --store`) as well. Raises AuditorError when it cannot start.
    """

    def __init__(
        self,
        folder: Path,
        files: Files,
        receiving: Receiving | None = None,
    ) -> None:
        self._folder, self._files, self._receiving = folder, files, receiving or Receiving()
        self._open = ExitStack()

    def __enter__(self) -> Live:
        with ExitStack() as stack:
            self.intake = Intake(self._folder / INTAKE, self._receiving.limits)
            self.intake.start()
            stack.callback(self.intake.stop)
            task = Task(self._folder, self.intake.folder, self._files, self._receiving)
            self.process = AuditProcess(task, self.intake.release)
            self.audits = LiveAudits(self._folder, self.process.start(), self.process.between)
            stack.callback(self.audits.save)
            self.process.listen(self.audits.publish)
            stack.callback(self.process.stop)
            self._open = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def samples(self) -> Iterator[Sample]:
        """Figures of the intake and of the process that audits."""
        yield from received.samples_of(self.intake)
        status = self.process.status
        yield Sample("auditor_audits_total", self.process.audits, ("made",))
        yield Sample("auditor_audits_total", status.failures, ("failed",))
        yield Sample("auditor_audit_duration_seconds", status.seconds)
        yield Sample("auditor_store_bytes", status.bytes, ("spans",))
        for level, database in (("models", self._folder / CATALOGUE), ("journal", self.intake.folder / JOURNAL)):
            yield Sample("auditor_store_bytes", _size(database), (level,))
        yield Sample("auditor_ingest_lag_seconds", status.lag)

    def checks(self) -> Mapping[str, Callable[[], str | None]]:
        """What may be wrong, by name."""
        return {"intake": lambda: received.trouble_of(self.intake), "audits": lambda: self.process.status.trouble}


def _size(database: Path) -> int:
    """Bytes of a database and what is beside it."""
    return sum(file.stat().st_size for file in database.parent.glob(f"{database.name}*"))
