"""Jaeger's query API (`/api/services`, `/api/traces`): the JSON that its own pages read. Other stores imitate it.

It answers with whole traces of one service, the newest first, and does not say when there are more than were asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import orjson

from auditor.telemetry.jaeger import read_jaeger
from auditor.telemetry.raw import RawSpan, Value
from auditor.telemetry.redact import mask_name
from auditor.telemetry.rows import Fault
from auditor.telemetry.trace_stores.question import Question
from auditor.telemetry.trace_stores.steps import Page, steps
from auditor.telemetry.trace_stores.web import TooLarge, Web
from auditor.telemetry.values import list_of, trace_id

_MICROSECOND = 1000
_MOST_KNOWN = 1 << 20  # traces that are remembered as read
_MORE = "more traces than the store gives at a time: some are missing"


class JaegerTraces:
    """The traces that answer a question. `done` is the share of the question that was answered, 0 to 1."""

    def __init__(self, web: Web, question: Question, limit: int, fault: Fault) -> None:
        self._web, self._question, self._limit, self._fault = web, question, limit, fault
        self._known: set[str] = set()
        self.done = 0.0

    def __iter__(self) -> Iterator[RawSpan]:
        """Their spans; a trace that several services take part in comes once. Raises InputError."""
        services = self._question.services or self._services()
        start, end = self._question.start, self._question.end
        for number, service in enumerate(services):
            fault = partial(self._fault, f"service {mask_name(service)}")
            for step in steps(start, end, _MICROSECOND, self._limit, partial(self._page, service)):
                if step.page.is_full:
                    fault(_MORE)
                for trace in step.page.items:
                    if self._is_new(trace):
                        yield from read_jaeger(trace, fault)
                self.done = (number + (step.end - start) / (end - start)) / len(services)

    def _services(self) -> tuple[str, ...]:
        answer = self._data("/api/services", ())
        return tuple(sorted({name for name in answer if isinstance(name, str) and name}))

    def _page(self, service: str, start: int, end: int) -> Page[Value]:
        times = ("start", start // _MICROSECOND), ("end", -(-end // _MICROSECOND))
        try:
            found = self._data("/api/traces", (("service", service), *times, ("limit", self._limit)))
        except TooLarge:
            return Page((), True)
        return Page(tuple(found), len(found) >= self._limit)

    def _data(self, path: str, query: tuple[tuple[str, str | int], ...]) -> list[Value]:
        body = self._web.get(path, query) or b""
        try:
            answer = orjson.loads(body)
        except (orjson.JSONDecodeError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or "data" not in answer:
            raise self._web.problem("what answers there is not Jaeger's query API")
        if answer.get("errors"):
            raise self._web.problem("the store reports an error of its own")
        return list_of(answer["data"])

    def _is_new(self, trace: Value) -> bool:
        own = trace_id(trace.get("traceID")) if isinstance(trace, dict) else None
        if own is None or own in self._known:
            return own is None  # what is no trace is told by its reader
        if len(self._known) < _MOST_KNOWN:
            self._known.add(own)
        return True
