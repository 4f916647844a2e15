"""Which declared path a path as seen fits."""

from __future__ import annotations

import pytest

from lineage.routes import fit


@pytest.mark.parametrize(
    ("seen", "declared"),
    [
        ("GET /patients/{id}", "GET /patients/{patientId}"),
        ("GET /patients/{id}", "get /patients/{patientId}/"),
        ("GET /patients/<int:id>", "GET /patients/{id}"),
        ("GET /patients/:id", "GET /patients/{id}"),
        ("GET /patients/{}", "GET /patients/{id}"),
        ("GET /patients/12", "GET /patients/{id}"),
        ("GET /", "GET /"),
        ("POST /api/v1/patients", "POST /patients"),  # a gateway's prefix
        ("POST /patients", "POST /api/v1/patients"),  # a base path that the route leaves out
    ],
)
def test_fits(seen: str, declared: str) -> None:
    assert fit(seen, declared) > 0


@pytest.mark.parametrize(
    ("seen", "declared"),
    [
        ("GET /patients/{id}", "POST /patients/{id}"),
        ("GET /patients/{id}", "GET /doctors/{id}"),
        ("GET /patients/{id}", "GET /patients"),
        ("GET /a/{x}", "GET /{x}"),  # nothing but a parameter in common
        ("GET /", "GET /patients"),
    ],
)
def test_does_not_fit(seen: str, declared: str) -> None:
    assert fit(seen, declared) == 0


def test_literal_words_fit_better_than_parameters() -> None:
    assert fit("GET /patients/new", "GET /patients/new") > fit("GET /patients/new", "GET /patients/{id}")
    assert fit("GET /patients/{id}", "GET /patients/{id}") > fit("GET /patients/{id}", "GET /patients/new")


def test_a_whole_path_fits_better_than_one_behind_a_prefix() -> None:
    assert fit("GET /v1/users", "GET /v1/users") > fit("GET /v1/users", "GET /users")
