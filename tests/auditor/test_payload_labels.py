"""Leaves of payload schemas: read by their path, hints and annotations of the schema, decisions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.config import Config
from auditor.payload_labels import label_payloads, payload_categories, payload_gaps, payload_places
from classifiers.decisions import Decision, Pattern
from classifiers.model import Label
from lineage.payload import Payload, PayloadField

ORDER = Payload(
    "shop.v1.PlaceOrderRequest",
    tuple(
        PayloadField(tuple(path.split(".")), kind)
        for path, kind in (
            ("customer.name", "TEXT"),
            ("customer.email", "TEXT"),
            ("product.name", "TEXT"),
            ("product.sku", "TEXT"),
            ("shipping_address.city", "TEXT"),
            ("shipping_address.zip", "TEXT"),
            ("store.city", "TEXT"),
            ("billing.card.number", "TEXT"),
            ("billing.card.cvc", "INT"),
            ("total.amount", "BIGINT"),
            ("total.currency", "TEXT"),
            ("emails", "ARRAY<TEXT>"),
            ("email_verified", "BOOLEAN"),
        )
    ),
    source="shop.proto",
)


def best(payload: Payload, config: Config | None = None) -> dict[str, str | None]:
    labelled = label_payloads([payload], config or Config())
    return {".".join(path): labels[0].category if labels else None for (_, _, path), labels in labelled.items()}


def test_a_leaf_is_read_by_its_path() -> None:
    assert best(ORDER) == {
        "customer.name": "user.name",
        "customer.email": "user.contact.email",
        "product.name": None,
        "product.sku": None,
        "shipping_address.city": "user.contact.address.city",
        "shipping_address.zip": "user.contact.address.postal_code",
        "store.city": None,
        "billing.card.number": "user.financial.credit_card",
        "billing.card.cvc": "user.financial.credit_card",
        "total.amount": None,
        "total.currency": None,
        "emails": "user.contact.email",
        "email_verified": None,
    }


def leaf(name: str, type_: str = "TEXT", **more: object) -> tuple[Label, ...]:
    field = replace(PayloadField((name,), type_), **more)
    (labels,) = label_payloads([Payload("Thing", (field,), source="api.yaml")], Config()).values()
    return labels


@pytest.mark.parametrize(
    ("format_", "category", "facet"),
    [
        ("email", "user.contact.email", "personal"),
        ("password", "user.authorization.password", "credential"),
        ("ipv4", "user.device.ip_address", "personal"),
    ],
)
def test_a_format_tells_what_a_name_does_not(format_: str, category: str, facet: str) -> None:
    (label,) = leaf("x1", format=format_)
    assert (label.category, label.facet) == (category, facet)
    assert label.evidence == (f"its format is {format_}",)
    assert leaf("x1") == ()


def test_a_format_confirms_a_name() -> None:
    (label,) = leaf("email", format="email")
    assert label.confidence > leaf("email")[0].confidence
    assert label.evidence[-1] == "its format is email"


def test_a_format_gives_the_type() -> None:
    assert leaf("user", format="uuid")[0].category == "user.unique_id.pseudonymous"
    assert leaf("email", format="date-time") == ()
    assert leaf("sent", "BOOLEAN", format="email") == ()


def test_what_must_not_be_logged_is_personal() -> None:
    (label,) = leaf("x1", redacted=True)
    assert (label.category, label.confidence) == ("user", 0.6)
    (label,) = leaf("email", redacted=True)
    assert label.category == "user.contact.email"
    assert label.evidence[-1] == "the schema marks it as not to be logged"


def test_annotations_of_the_schema_count() -> None:
    (label,) = leaf("x1", categories=("user.name",), line=7)
    assert label.evidence == ("annotated as user.name in api.yaml, line 7 (an annotation of the schema)",)
    assert leaf("email", categories=()) == ()
    assert leaf("email", comment="privacy: none") == ()
    assert leaf("x1", comment="privacy: user.name")[0].category == "user.name"


def test_a_category_of_no_taxonomy_is_a_gap() -> None:
    odd = Payload("T", (PayloadField(("x",), "TEXT", categories=("user.shoe_size",), line=3),), source="a.yaml")
    assert [(gap.kind, gap.where) for gap in payload_gaps([odd, ORDER], Config())] == [
        ("unread_annotation", "a.yaml line 3")
    ]
    assert payload_gaps([odd], Config(categories=("user.shoe_size",))) == []


def test_decisions_beat_everything() -> None:
    config = Config(
        decisions=(
            Decision(Pattern("shop.proto/PlaceOrderRequest.customer.email"), (), "a test address"),
            Decision(Pattern("*.sku"), ("user.unique_id",), "it is the customer's number"),
        )
    )
    found = best(ORDER, config)
    assert found["customer.email"] is None
    assert found["product.sku"] == "user.unique_id"
    assert ("shop.proto", "shop.v1.PlaceOrderRequest", "product.sku") in set(payload_places([ORDER]))


def test_only_facets_that_count_make_flows() -> None:
    labelled = label_payloads([ORDER], Config(facets=("credential",)))
    assert not any(payload_categories(labelled, Config(facets=("credential",))).values())
    key = ("shop.proto", "shop.v1.PlaceOrderRequest", ("customer", "email"))
    assert payload_categories(labelled, Config())[key] == ("user.contact.email",)


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=4), st.text(max_size=20), st.text(max_size=12))
def test_no_name_type_or_format_raises(path: list[str], type_: str, format_: str) -> None:
    payload = Payload("T", (PayloadField(tuple(path), type_, format=format_, redacted=True),))
    assert all(labels for labels in label_payloads([payload], Config()).values())
