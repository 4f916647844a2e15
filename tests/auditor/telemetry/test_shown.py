"""What values in an exchange show where their names say nothing."""

from __future__ import annotations

import pytest

from auditor.telemetry.shown import shown_values

EMAIL = "user.contact.email"


@pytest.mark.parametrize(
    ("attribute", "kind", "place"),
    [
        ("http.url?q", "client", "value"),
        ("http.request.header.x_who", "server", "value"),
        ("http.response.header.x_who", "server", "response_value"),
        ("rpc.grpc.request.metadata.x", "client", "value"),
        ("http.response.body", "server", "response_value"),
        ("db.query.parameter.1", "client", None),
        ("exception.message", "server", None),
        ("http.url?q", "internal", None),
    ],
)
def test_values_in_urls_headers_and_bodies_of_exchanges(attribute: str, kind: str, place: str | None) -> None:
    found = shown_values([(attribute, EMAIL)], kind)
    assert found == ([(place, EMAIL)] if place else [])
