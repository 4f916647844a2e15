"""What a schema's own hints say of a field: its format (`email`, `password` ...), and that it must not be logged."""

from __future__ import annotations

from dataclasses import replace

from classifiers.classify import classify
from classifiers.decisions import usual_facet
from classifiers.model import Field, Label
from classifiers.taxonomy import is_within

# Formats of OpenAPI and JSON schema (https://spec.openapis.org/registry/format/) and those in common use beside them.
_MEANS = {
    "email": ("user.contact.email", 0.95),
    "idn-email": ("user.contact.email", 0.95),
    "password": ("user.authorization.password", 0.95),
    "phone": ("user.contact.phone_number", 0.9),
    "phone-number": ("user.contact.phone_number", 0.9),
    "tel": ("user.contact.phone_number", 0.9),
    "e164": ("user.contact.phone_number", 0.9),
    "iban": ("user.financial.bank_account", 0.9),
    "credit-card": ("user.financial.credit_card", 0.9),
    "credit-card-number": ("user.financial.credit_card", 0.9),
    "ssn": ("user.government_id.national_identification_number", 0.9),
    "ipv4": ("user.device.ip_address", 0.6),
    "ipv6": ("user.device.ip_address", 0.6),
    "ip": ("user.device.ip_address", 0.6),
}
# Formats that say of which type a text is.
_TYPES = {
    "uuid": "uuid",
    "guid": "uuid",
    "date": "date",
    "date-time": "timestamp",
    "datetime": "timestamp",
    "time": "time",
    "byte": "bytes",
    "binary": "bytes",
    "timestamp-millis": "timestamp",
    "timestamp-micros": "timestamp",
}
_WITHHELD = 0.6  # how sure a mark alone makes it that something is personal


def classify_hinted(field: Field, format_: str | None = None, *, redacted: bool = False) -> tuple[Label, ...]:
    """The labels of a payload's field, best first: its name's, and what the schema's `format_` and mark add to it."""
    hint = (format_ or "").strip().lower().replace("_", "-")
    labels = list(classify(replace(field, type=_TYPES.get(hint, _item(field.type)))))
    if hint in _MEANS and not any(marker in (field.type or "").upper() for marker in ("BOOL", "INT")):
        category, confidence = _MEANS[hint]
        labels = _with(labels, Label(category, usual_facet(category), confidence, (f"its format is {hint}",)))
    if redacted:
        why = "the schema marks it as not to be logged"
        if labels:
            labels = [_surer(label, _WITHHELD, why) for label in labels]
        else:
            labels = [Label("user", "personal", _WITHHELD, (why,))]
    return tuple(sorted(labels, key=lambda label: (-label.confidence, label.category)))


def _item(written: str | None) -> str | None:
    """The type of one item: of `ARRAY<TEXT>` it is TEXT; a map or an inner object is an object."""
    text = (written or "").strip()
    while text.upper().startswith("ARRAY<") and text.endswith(">"):
        text = text[6:-1].strip()
    if text.upper().startswith(("MAP<", "STRUCT<")):
        return "object"
    return text or None


def _with(labels: list[Label], hinted: Label) -> list[Label]:
    """A hint stands where nothing is said, and confirms what it agrees with; it speaks louder than the name."""
    agreeing = [label for label in labels if is_within(label.category, hinted.category)]
    if not agreeing:
        return [hinted, *(label for label in labels if not is_within(hinted.category, label.category))]
    return [_surer(label, hinted.confidence, hinted.evidence[0]) if label in agreeing else label for label in labels]


def _surer(label: Label, weight: float, why: str) -> Label:
    confidence = round(min(0.99, 1 - (1 - label.confidence) * (1 - weight)), 3)
    return replace(label, confidence=max(confidence, label.confidence), evidence=(*label.evidence, why))
