"""Metrics in the text format of Prometheus: the only import of its client library."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from auditor.operation.families import BY_NAME, Family, Sample
from auditor.operation.logs import tell

CONTENT_TYPE = CONTENT_TYPE_LATEST
MAX_SERIES = 300  # of one metric; the others are summed up under the label `other`
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
Provider = Callable[[], Iterable[Sample]]
_log = logging.getLogger(__name__)


class Metrics:
    """What /metrics shows: requests counted here, and what each provider says when it is asked."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._providers: list[Provider] = []
        self._requests = Counter(*_declared("auditor_http_requests_total"), registry=self._registry)
        self._durations = Histogram(
            *_declared("auditor_http_request_duration_seconds"), registry=self._registry, buckets=BUCKETS
        )
        self._failures = Counter(*_declared("auditor_provider_failures_total"), registry=self._registry)
        ProcessCollector(registry=self._registry)
        self._registry.register(_Provided(self._samples))

    def provide(self, provider: Provider) -> None:
        """Ask `provider` on every scrape. It must be quick; one that fails is left out and counted."""
        self._providers.append(provider)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered; `route` is a template, never an address."""
        self._requests.labels(method, route, str(status)).inc()
        self._durations.labels(route).observe(seconds)

    def text(self) -> bytes:
        """Everything, in the text format."""
        return generate_latest(self._registry)

    def _samples(self) -> Iterator[Sample]:
        for provider in self._providers:
            try:
                yield from list(provider())
            except Exception as error:  # one part that is broken must not blind the operator to the others
                self._failures.inc()
                tell(_log, logging.WARNING, "figures left out", error=type(error).__name__)


class _Provided(Collector):
    def __init__(self, samples: Callable[[], Iterable[Sample]]) -> None:
        self._samples = samples

    def describe(self) -> list[Metric]:
        return []  # nobody is asked before the first scrape

    def collect(self) -> Iterator[Metric]:
        grouped: dict[str, dict[tuple[str, ...], float]] = defaultdict(lambda: defaultdict(float))
        for sample in self._samples():
            family = BY_NAME[sample.family]
            series = grouped[sample.family]
            known = sample.labels in series or len(series) < MAX_SERIES
            series[sample.labels if known else ("other",) * len(family.labels)] += sample.value
        for name, series in sorted(grouped.items()):
            family = BY_NAME[name]
            kind = CounterMetricFamily if family.kind == "counter" else GaugeMetricFamily
            metric = kind(name, family.help, labels=family.labels)
            for labels, value in sorted(series.items()):
                metric.add_metric(labels, value)
            yield metric


def _declared(name: str) -> tuple[str, str, tuple[str, ...]]:
    family: Family = BY_NAME[name]
    return family.name, family.help, family.labels
