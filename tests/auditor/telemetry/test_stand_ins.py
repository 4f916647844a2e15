"""Texts that stand for others have the effects of those they stand for."""

from __future__ import annotations

import re

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.telemetry import semconv
from auditor.telemetry.columns import first_of_each, matches, replaced
from auditor.telemetry.effects import HOSTED, Around, effect_of, is_only_judged, names_a_host
from auditor.telemetry.leaks import PERSONAL
from auditor.telemetry.redact import AT_HOME, is_public_address
from auditor.telemetry.stand_ins import judged_alike, somebodies_or_blank
from classifiers.values import CANDIDATE, scan_text

JUDGED = (
    "app.note",
    "app.customer.email",
    "app.card_number",
    "customer_account_id",
    "password",
    "db.response.returned_rows",
    "db.client.connection.pool.name",
    "network.peer.port",
    "http.status_code",
    "exception.message",
)
BITS = (
    "ada@example.org ada%40example.org 4111111111111111 4111-1111-1111-1111 3782-822463-10005 DE89370400440532013000 "
    "+49 151 2345678 457-55-5462 SSN:457555462 eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl ://u:p@h "
    "9f8b0c1e-5d3a-4a60-9c39-2b8f0e7d6c5a {9f8b0c1e5d3a4a609c392b8f0e7d6c5a} 10.1.2.3 8.8.8.8 127.0.0.1:80 null None "
    "NaN *** xxx [redacted] <masked> {} %s $1 :name 0 true social security GB82 WEST 1234 5698 7654 32 2024-01-31 "
    "http://host:8080/a https://host HTTP://H/ \u00e9 \u0660\u0661\u0662\u0663\u0664\u0665\u0666 \u017f \u212a \x1c"
).split(" ")
SIGNS = st.sampled_from([*" .-()+%@:/'0123456789abcdefxX", "\n", "\x0b", "\x1c", "\xa0", "\x00", "_", "\\"])
TEXTS = st.lists(st.sampled_from(BITS) | SIGNS, max_size=8).map("".join)
ALONE = Around()


def effect(key: str, text: str) -> object:
    return effect_of(key, text, text, ALONE)


def test_the_keys_in_this_test_are_only_judged() -> None:
    assert all(map(is_only_judged, JUDGED))
    read = ("service.name", "url.path", "db.query.text", "http.request.header.accept", "client.address", "user.email")
    assert not any(map(is_only_judged, read))


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=10))
def test_stand_ins_have_the_same_effect(texts: list[str]) -> None:
    for stand_ins, keys in ((judged_alike, JUDGED), (somebodies_or_blank, tuple(PERSONAL))):
        for text, other in zip(texts, stand_ins(pa.array(texts, pa.string())).to_pylist(), strict=True):
            assert [effect(key, text) for key in keys] == [effect(key, other) for key in keys]


def test_texts_that_show_nothing_are_few() -> None:
    texts = pa.array(
        [f"item {n}/{n}" for n in range(100)] + ["", "-", "9f8b0c1e-5d3a-4a60-9c39-2b8f0e7d6c5a", "a@b.cd"]
    )
    assert len(set(judged_alike(texts).to_pylist())) == 4


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_nothing_is_found_where_no_candidate_is(text: str) -> None:
    assert not scan_text(text) or not text.isascii() or re.search(CANDIDATE, text)
    if text.isascii():  # both engines mean the same
        assert bool(re.search(CANDIDATE, text)) == matches(pa.array([text]), CANDIDATE)[0]


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_patterns_settle_only_what_is_so(text: str) -> None:
    column = pa.array([text])
    if matches(column, rf"\A(?:{'|'.join(map(re.escape, AT_HOME))})")[0]:
        assert not is_public_address(text)
    if matches(column, HOSTED)[0]:
        assert names_a_host(semconv.URL_FULL[0], text)


def test_replaced_and_first_of_each() -> None:
    assert replaced(pa.array(["a1", None, "b", "c22"]), "[0-9]", "#").to_pylist() == ["a#", None, "b", "c##"]
    first, which = first_of_each(pa.array(["b", "a", "b", "c", "a"]))
    assert (first.tolist(), which.tolist()) == ([0, 1, 3], [0, 1, 0, 2, 1])
