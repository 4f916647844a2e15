"""Tempo's HTTP API: `/api/search` finds the ids of traces, `/api/v2/traces/ID` gives each as OTLP protobuf.

A search takes the first traces that are found, in no order, and does not say when there are more than were asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import orjson

from auditor.telemetry.rows import Fault
from auditor.telemetry.trace_stores.question import Question
from auditor.telemetry.trace_stores.steps import Page, steps
from auditor.telemetry.trace_stores.tempo_answer import read_answer
from auditor.telemetry.trace_stores.web import Query, TooLarge, Web
from auditor.telemetry.values import list_of

_SECOND = 10**9
_AROUND = 3600  # seconds before and after the step in which a trace was found, where the rest of it may lie
_AT_ONCE, _GATHERED = 4, 16  # requests, answers
_MOST_KNOWN = 1 << 20  # traces that are remembered as read
_ID = re.compile(r"[0-9a-fA-F]{1,32}")
_MORE = "more traces than the store gives at a time: some are missing"
_PROTOBUF = "application/protobuf"


class TempoTraces:
    """The traces that answer a question. `done` is the share of the question that was answered, 0 to 1."""

    def __init__(self, web: Web, question: Question, limit: int, fault: Fault) -> None:
        self._web, self._question, self._limit, self._fault = web, question, limit, fault
        self._query = _traceql(question.services)
        self._known: set[str] = set()
        self._traces = 0
        self._is_old = False  # a Tempo without the second version of its API
        self.done = 0.0

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """(where, encoded OTLP request) of each trace. Raises InputError."""
        start, end = self._question.start, self._question.end
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            for step in steps(start, end, _SECOND, self._limit, self._page):
                if step.page.is_full:
                    self._fault("search", _MORE)
                new = [each for each in step.page.items if each not in self._known]
                if len(self._known) < _MOST_KNOWN:
                    self._known.update(new)
                times = _seconds(step.start, step.end, _AROUND)
                for at in range(0, len(new), _GATHERED):
                    for found in threads.map(lambda each, t=times: self._trace(each, t), new[at : at + _GATHERED]):
                        yield from self._told(found)
                self.done = (step.end - start) / (end - start)

    def _page(self, start: int, end: int) -> Page[str]:
        query: Query = (("q", self._query), *_seconds(start, end), ("limit", self._limit), ("spss", 1))
        try:
            body = self._web.get("/api/search", query) or b""
        except TooLarge:
            return Page((), True)
        try:
            answer = orjson.loads(body)
        except (orjson.JSONDecodeError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or not ({"traces", "metrics"} & set(answer)):
            raise self._web.problem("what answers there is not Tempo's API")
        found = list_of(answer.get("traces"))
        ids = [each.get("traceID") if isinstance(each, dict) else None for each in found]
        good = [each for each in ids if isinstance(each, str) and _ID.fullmatch(each)]
        for _ in range(len(ids) - len(good)):
            self._fault("search", "a trace without an id")
        return Page(tuple(good), len(found) >= self._limit)

    def _told(self, found: tuple[bytes, str]) -> Iterator[tuple[str, bytes]]:
        data, problem = found
        self._traces += 1
        where = f"trace {self._traces}"
        if problem:
            self._fault(where, problem)
        if data:
            yield where, data

    def _trace(self, own: str, times: Query) -> tuple[bytes, str]:
        """(the trace as an encoded OTLP request, what is wrong with it)."""
        try:
            if not self._is_old:
                body = self._web.get(f"/api/v2/traces/{own}", times, _PROTOBUF, empty=(404,))
                if body is not None:
                    return _unwrapped(body)
            body = self._web.get(f"/api/traces/{own}", times, _PROTOBUF, empty=(404,))
        except TooLarge:
            return b"", "is too large"
        if body is None:
            return b"", "is not there any more"
        self._is_old = True
        return body, ""


def _unwrapped(body: bytes) -> tuple[bytes, str]:
    answer = read_answer(body)
    if answer is None:
        return b"", "is not OTLP in protobuf"
    data, is_part = answer
    return data, "is larger than the store gives: a part is missing" if is_part else ""


def _traceql(services: tuple[str, ...]) -> str:
    """The TraceQL query for traces in which any of these services takes part; for all when none is named."""
    quoted = (service.replace("\\", "\\\\").replace('"', '\\"') for service in services)
    return "{" + " || ".join(f'resource.service.name = "{service}"' for service in quoted) + "}"


def _seconds(start: int, end: int, around: int = 0) -> Query:
    """Times in seconds, the end rounded up."""
    return ("start", max(start // _SECOND - around, 0)), ("end", -(-end // _SECOND) + around)
