"""Every metric that the service exports, by the naming rules of Prometheus: one list for code, dashboard and alerts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Family:
    """A metric: its name, with `_total` for counters, what it says, and its labels, each of few values."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """The value of one metric now, as whoever counts it says; `labels` are values, in the order of the family's."""

    family: str
    value: float
    labels: tuple[str, ...] = ()


FAMILIES = (
    Family("auditor_build_info", "gauge", "1, labelled with the version that runs.", ("version",)),
    # Intake: received = accepted + rejected + refused + deduplicated, of the same signal, always.
    Family("auditor_ingest_received_total", "counter", "Records that arrived.", ("signal",)),
    Family(
        "auditor_ingest_records_total",
        "counter",
        "Records by what became of them (accepted, rejected, refused, deduplicated), and why.",
        ("signal", "outcome", "reason"),
    ),
    Family(
        "auditor_ingest_requests_total",
        "counter",
        "Requests by what became of them; of those that were not read, the records are not known.",
        ("signal", "outcome", "reason"),
    ),
    Family("auditor_ingest_queue_bytes", "gauge", "Bytes that wait to be written."),
    Family("auditor_ingest_queue_limit_bytes", "gauge", "Bytes beyond which requests are refused."),
    Family("auditor_ingest_lag_seconds", "gauge", "Age of the oldest records that no audit shows yet."),
    Family("auditor_ingest_healthy", "gauge", "1 while records can be written, 0 while all are refused."),
    Family("auditor_store_bytes", "gauge", "Bytes on disk by level of the store.", ("level",)),
    # Audits and what they say.
    Family("auditor_audits_total", "counter", "Audits made.", ("outcome",)),
    Family("auditor_audit_duration_seconds", "gauge", "How long the last audit took."),
    Family("auditor_audit_age_seconds", "gauge", "Time since the newest span that the audit looked at."),
    Family("auditor_exposures", "gauge", "Exposures of the current audit by state.", ("state",)),
    Family("auditor_leaks", "gauge", "Places in telemetry with personal data in them."),
    Family("auditor_gaps", "gauge", "What the current audit could not see, by kind.", ("kind",)),
    Family("auditor_services", "gauge", "Services that sent telemetry."),
    # News.
    Family("auditor_exposures_raised_total", "counter", "New exposures that were told, each once.", ("state",)),
    Family("auditor_notifications_total", "counter", "Deliveries to the webhook.", ("outcome",)),
    Family("auditor_notifications_pending", "gauge", "News that the webhook has not taken yet."),
    # The HTTP service itself.
    Family("auditor_http_requests_total", "counter", "Requests answered.", ("method", "route", "status")),
    Family("auditor_http_request_duration_seconds", "histogram", "Time to the end of the answer.", ("route",)),
    Family("auditor_trail_lost_total", "counter", "Entries of the trail that could not be written."),
    Family("auditor_provider_failures_total", "counter", "Times that a part could not say its figures."),
)
BY_NAME = {family.name: family for family in FAMILIES}
