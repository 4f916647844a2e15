"""Cursors: stable while the list changes, and refused when they are not what was given out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api import cursor
from api.app import create_app
from api.cursor import BadCursor
from api.examples import EXAMPLE
from api.listing import Listing
from lineage.audit import Audit, AuditService
from lineage.model import Gap

SERVICES = tuple(AuditService(f"service-{number:02}", (), number) for number in range(25))
BELONGS = {"list": "flows", "category": "user"}


class Changing:
    """Audits of which the test says which is current."""

    def __init__(self, audit: Audit) -> None:
        self.audit, self.number = audit, 0

    def version(self) -> str:
        return str(self.number)

    def current(self) -> Audit:
        return self.audit

    def between(self, start: datetime | None, end: datetime | None) -> Audit:
        return self.audit


def client_of(audit: Audit) -> TestClient:
    return TestClient(create_app(Changing(audit)), raise_server_exceptions=False)


def walk(client: TestClient, address: str) -> Iterator[dict[str, Any]]:
    following: str | None = address
    while following:
        page = client.get(following).json()
        yield page
        following = page["next"]


def names(pages: Sequence[dict[str, Any]]) -> list[str]:
    return [item["name"] for page in pages for item in page["items"]]


@pytest.mark.parametrize("first", ["/api/v1/services?limit=4", "/api/v1/services?limit=4&offset=0"])
def test_a_walk_gives_everything_once_and_in_order(first: str) -> None:
    client = client_of(replace(EXAMPLE, services=SERVICES))
    pages = list(walk(client, first))
    assert names(pages) == [service.name for service in SERVICES]
    assert [page["offset"] for page in pages] == list(range(0, 25, 4))
    assert all(page["total"] == 25 for page in pages)
    assert ("offset=" in pages[0]["next"]) == ("offset=" in first)


def test_what_comes_and_goes_in_between_moves_nothing() -> None:
    before, after = client_of(replace(EXAMPLE, services=SERVICES)), (*SERVICES[3:], AuditService("a-new-one", (), 1))
    page = before.get("/api/v1/services?limit=10").json()
    rest = list(walk(client_of(replace(EXAMPLE, services=after)), page["next"]))
    assert names([page, *rest]) == [service.name for service in SERVICES]


def test_the_record_of_the_cursor_may_be_gone() -> None:
    page = client_of(replace(EXAMPLE, services=SERVICES)).get("/api/v1/services?limit=10").json()
    without = replace(EXAMPLE, services=SERVICES[:9] + SERVICES[10:])
    assert client_of(without).get(page["next"]).json()["items"][0]["name"] == "service-10"


def test_records_that_are_alike_are_all_given() -> None:
    gaps = tuple(Gap("no_ddl", "db", 1, share / 10, "types") for share in range(7))
    pages = list(walk(client_of(replace(EXAMPLE, gaps=gaps)), "/api/v1/gaps?limit=2&kind=no_ddl"))
    assert sorted(item["share"] for page in pages for item in page["items"]) == [gap.share for gap in gaps]


@pytest.mark.parametrize(
    "change",
    [
        lambda address: address[:-1] + ("A" if address[-1] != "A" else "B"),
        lambda address: address[:-4],
        lambda address: address + "AAAA",
        lambda address: address.replace("/services", "/stores"),
        lambda address: address + "&service=service-01",
        lambda address: address + "&start=2000-01-01",
        lambda address: address + "&offset=3",
        lambda address: address.partition("cursor=")[0] + "cursor=",
        lambda address: address.partition("cursor=")[0] + "cursor=canary%00%ff",
    ],
    ids=["changed", "cut", "longer", "other list", "other filter", "other window", "offset", "empty", "no base64"],
)
def test_what_is_no_cursor_of_this_list_is_refused(change: Any) -> None:
    client = client_of(replace(EXAMPLE, services=SERVICES))
    address = client.get("/api/v1/services?limit=10").json()["next"]
    answer = client.get(change(address))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["where"] == "query.cursor"
    assert "canary" not in answer.text


def test_a_cursor_that_somebody_made_up_is_refused_or_harmless() -> None:
    client = client_of(replace(EXAMPLE, services=SERVICES))
    for key in ((1, 2), ("service-05",), ("service-05", "x"), (None,), ("x", [], {})):
        answer = client.get(f"/api/v1/services?cursor={cursor.encode(key, {'list': 'services'})}")
        assert answer.status_code in (200, 422)


@given(st.lists(st.text() | st.integers() | st.lists(st.text()).map(tuple), max_size=5).map(tuple))
def test_a_cursor_gives_back_its_key(key: tuple[Any, ...]) -> None:
    assert cursor.decode(cursor.encode(key, BELONGS), BELONGS) == key


@given(st.data())
def test_no_changed_character_goes_unseen(data: st.DataObject) -> None:
    text = cursor.encode(("f1-0123456789abcdef", 0), BELONGS)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("ABab01-_=.%").filter(lambda character: character != text[place]))
    with pytest.raises(BadCursor):
        cursor.decode(text[:place] + other + text[place + 1 :], BELONGS)


@given(st.text(max_size=60))
def test_text_from_anywhere_is_no_cursor(text: str) -> None:
    with pytest.raises(BadCursor):
        cursor.decode(text, BELONGS)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"))), st.sampled_from("abc"), st.sampled_from("xyz")
)
def test_tables_find_what_reading_every_record_finds(records: list[tuple[str, str]], one: str, other: str) -> None:
    listing = Listing(records, lambda record: record, {"one": lambda r: (r[0],), "other": lambda r: (r[1],)})
    for filters in ({}, {"one": one}, {"other": other}, {"one": one, "other": other}):
        found = [listing.records[place] for place in listing.select(filters)]
        wanted = (filters.get("one"), filters.get("other"))
        assert found == [
            record for record in sorted(records) if all(w in (None, r) for w, r in zip(wanted, record, strict=True))
        ]
    assert len(set(listing.keys)) == len(records)


def test_keys_can_be_written() -> None:
    from api.listings import LISTINGS

    for name, make in LISTINGS.items():
        listing = make(EXAMPLE)
        assert cursor.decode(cursor.encode(listing.keys[0], {"list": name}), {"list": name}) == listing.keys[0]
        assert json.dumps(listing.keys[0])
