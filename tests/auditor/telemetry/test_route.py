"""Routes of many frameworks, and paths without one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.telemetry.route import masked_path, method_of, parameter_values, readable_route, route_parameters


@pytest.mark.parametrize(
    ("route", "readable"),
    [
        (r"^catalogue/(?P<pk>\d+)/$", "/catalogue/{pk}"),
        (r"shop/(?P<slug>[\w-]*)_(?P<pk>\d+)/$", "/shop/{slug}_{pk}"),
        (r"c/(?P<slug>[\w-]+(/[\w-]+)*)_(?P<pk>\d+)/$", "/c/{slug}_{pk}"),
        (r"^api/v1/users/([0-9]+)$", "/api/v1/users/{}"),
        (r"^(?i)users/(?:a|b)/\d{2,4}$", "/users/{}/{}"),
        ("reset/<str:uidb64>/<token>/", "/reset/{uidb64}/{token}"),
        ("/balances/<int:acct>", "/balances/{acct}"),
        ("/users/:id/posts/:post_id?", "/users/{id}/posts/{post_id}"),
        ("/v1/{name=shelves/*}:move", "/v1/{name}:move"),
        ("/items/{id:[0-9]{4}}", "/items/{id}"),
        ("/files/{**path}", "/files/{path}"),
        ("/blog/[...slug]", "/blog/{slug}"),
        ("/", "/"),
        ("", "/"),
        ("/users/ann@example.com/{id}", "/users/{}/{id}"),
    ],
)
def test_readable_routes(route: str, readable: str) -> None:
    assert readable_route(route) == readable


def test_parameters_and_their_values() -> None:
    assert route_parameters("/shop/{slug}_{pk}") == ("slug", "pk")
    assert parameter_values("/shop/{slug}_{pk}/x", "/shop/red-hat_7/x/") == (("slug", "red-hat"), ("pk", "7"))
    assert parameter_values("/shop/{slug}", "/shop/a/b") == ()
    assert parameter_values("/shop/{slug}", "/other/a") == ()


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/api/v2/users/ann", "/api/v2/users/{}"),
        ("/oauth2/token", "/oauth2/token"),
        ("/passwordReset/confirm-email", "/passwordReset/confirm-email"),
        ("/users/42/orders.json", "/users/{}/orders.json"),
        ("/o'brien/smith", "/{}/{}"),
        ("/" + "a/" * 20, "/" + "{}/" * 12 + "..."),
        ("", "/"),
    ],
)
def test_paths_keep_everyday_words_only(path: str, kept: str) -> None:
    assert masked_path(path) == kept


@pytest.mark.parametrize(("text", "method"), [("get", "GET"), ("POST", "POST"), ("BREW", "_OTHER"), (None, "_OTHER")])
def test_methods(text: str | None, method: str) -> None:
    assert method_of(text) == method


@settings(max_examples=200, deadline=500)
@given(st.text(alphabet="ab/()[]{}<>\\?P:*+^$|=-_@1", max_size=200), st.text(alphabet="ab/_-1", max_size=200))
def test_any_pattern_ends_in_time(route: str, path: str) -> None:
    readable = readable_route(route)
    assert readable.startswith("/")
    assert len(parameter_values(readable, path)) <= readable.count("{")
    masked_path(path)
