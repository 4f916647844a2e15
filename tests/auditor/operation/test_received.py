from __future__ import annotations

from pathlib import Path

from auditor.intake import Intake
from auditor.intake.messages import Delivery, Reason
from auditor.operation.received import samples_of, trouble_of


def test_what_came_in_is_shown_and_adds_up(tmp_path: Path) -> None:
    intake = Intake(tmp_path / "intake")
    intake.start()
    assert trouble_of(intake) is None
    intake.count_refused("traces", Reason.DENIED)
    intake.admit(4096)
    intake.deliver(Delivery("logs", "json", "identity", b"{}")).result(10)
    found = {
        (sample.family.removeprefix("auditor_ingest_"), sample.labels): sample.value for sample in samples_of(intake)
    }
    intake.stop()
    assert found["requests_total", ("traces", "refused", "denied")] == 1
    assert found["requests_total", ("logs", "accepted", "none")] == 1
    assert found["healthy", ()] == 1
    assert found["queue_limit_bytes", ()] == intake.limits.waiting_bytes
    for signal in ("traces", "metrics", "logs"):
        records = sum(
            value for (name, labels), value in found.items() if name == "records_total" and labels[0] == signal
        )
        assert records == found["received_total", (signal,)]
    assert trouble_of(intake) == "stopped"
