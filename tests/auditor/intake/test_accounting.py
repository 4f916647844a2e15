"""received = accepted + rejected + refused + deduplicated, whatever happens: a random machine against a plain model."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from auditor.intake import Answer, Delivery, Intake, Limits, Outcome, Reason, journal, keeper, writer
from auditor.intake.counters import Count
from auditor.intake.state import Condition, Trouble
from tests.support.otlp import protobuf, request, span
from tests.support.receiving import spans_in

numbers = st.lists(st.integers(0, 40), max_size=8)  # 0 makes an id that is none


class Accounting(RuleBasedStateMachine):
    """Sends, resends, spoils, fills the disk, restarts and crashes; the model counts what each answer said."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.kept: set[int] = set()
        self.items: Counter[Outcome] = Counter()
        self.requests: Counter[Outcome] = Counter()
        self.is_full = self.fails_once = False
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(writer, "_IDLE_SECONDS", 0.01)
        commit = keeper.Keeper.commit

        def check(_: keeper.Keeper) -> None:
            if self.is_full:
                raise Trouble(Condition.FULL, "full")

        def failing(own: keeper.Keeper, found: keeper.Sorted, *rest: Any) -> None:
            if self.fails_once and found is not keeper.NOTHING:
                self.fails_once = False
                raise Trouble(Condition.FAILING, "failed")
            commit(own, found, *rest)

        self.patch.setattr(keeper.Keeper, "check", check)
        self.patch.setattr(keeper.Keeper, "commit", failing)
        self.start()

    def start(self) -> None:
        self.intake = Intake(self.folder, Limits(request_bytes=20_000, group_seconds=0.0))
        self.intake.start()

    def wait(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + 10
        while not done():
            assert time.monotonic() < end
            time.sleep(0.001)

    def until(self, condition: Condition) -> None:
        self.wait(lambda: self.intake.state().condition is condition)

    def deliver(self, body: bytes) -> Answer:
        answer = self.intake.deliver(Delivery("traces", "protobuf", "identity", body)).result(10)
        self.requests[answer.outcome] += 1
        return answer

    def send(self, sent: list[int]) -> Answer:
        return self.deliver(protobuf(request(*(span(number, "server", "a") for number in sent))))

    @rule(sent=numbers)
    def deliver_spans(self, sent: list[int]) -> None:
        answer = self.send(sent)
        assert (answer.outcome is Outcome.REFUSED) == self.is_full
        if not self.is_full:
            fresh = set(sent) - self.kept - {0}
            self.kept |= fresh
            assert answer.rejected == sent.count(0)
            self.items[Outcome.REJECTED] += sent.count(0)
            self.items[Outcome.ACCEPTED] += len(fresh)
            self.items[Outcome.DEDUPLICATED] += len(sent) - sent.count(0) - len(fresh)

    @precondition(lambda self: not self.is_full)
    @rule(sent=numbers)
    def deliver_as_the_disk_fails(self, sent: list[int]) -> None:
        self.fails_once = True
        assert self.send(sent).reason is Reason.STORE
        self.items[Outcome.REFUSED] += len(sent)
        self.until(Condition.READY)

    @rule()
    def spoil(self) -> None:
        assert self.deliver(b"\x0a\xff\xff\xff").outcome is (Outcome.REFUSED if self.is_full else Outcome.REJECTED)

    @rule()
    def send_too_much(self) -> None:
        assert self.deliver(bytes(20_001)).reason is Reason.TOO_LARGE

    @rule(reason=st.sampled_from([Reason.OVERLOAD, Reason.DENIED]))
    def turn_away(self, reason: Reason) -> None:
        self.intake.count_refused("traces", reason)
        self.requests[Outcome.REFUSED] += 1

    @rule()
    def fill_the_disk(self) -> None:
        self.is_full = True
        self.until(Condition.FULL)

    @precondition(lambda self: self.is_full)
    @rule()
    def make_space(self) -> None:
        self.is_full = False
        self.until(Condition.READY)

    @precondition(lambda self: not self.is_full)
    @rule()
    def restart(self) -> None:
        assert self.intake.stop(10)
        self.start()

    @precondition(lambda self: not self.is_full)
    @rule()
    def crash(self) -> None:
        """Go on with the files as they lie on the disk while the intake runs."""
        self.wait(lambda: self.intake._writer.ledger.is_saved)
        copy = Path(tempfile.mkdtemp())
        for name in (journal.FILE, f"{journal.FILE}-wal"):
            shutil.copy(self.folder / name, copy)
        self.intake.stop(10)
        shutil.rmtree(self.folder)
        self.folder = copy
        self.start()

    @invariant()
    def counts_are_exact(self) -> None:
        counters = self.intake.counters()
        for outcome in Outcome:
            expected = Count(self.requests[outcome], self.items[outcome])
            assert counters.of("traces", outcome) == expected, outcome
        assert counters.received("traces") == Count(self.requests.total(), self.items.total())

    @invariant()
    def every_span_is_kept_once(self) -> None:
        assert sorted(int(own, 16) for _, own in spans_in(self.folder)) == sorted(self.kept)

    def teardown(self) -> None:
        self.intake.stop(10)
        self.patch.undo()
        shutil.rmtree(self.folder)


TestAccounting = Accounting.TestCase
TestAccounting.settings = settings(
    max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
