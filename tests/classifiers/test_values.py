import time
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.values import scan_text

EMAIL, CARD, BANK = "user.contact.email", "user.financial.credit_card", "user.financial.bank_account"
NATIONAL, PHONE, SECRET = (
    "user.government_id.national_identification_number",
    "user.contact.phone_number",
    "system.authentication",
)
TOKEN, IP = "user.authorization.credentials", "user.device.ip_address"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("no such user: ada@example.org", {EMAIL}),
        ("/search?q=ada%40example.org&page=2", {EMAIL}),
        ("https://shop.example/u/ada@example.org", {EMAIL}),
        ("card 4111 1111 1111 1111 declined", {CARD}),
        ("pay to DE89370400440532013000", {BANK}),
        ("pay to GB82 WEST 1234 5698 7654 32.", {BANK}),
        ("ssn=457-55-5462", {NATIONAL}),
        ("SSN: 457555462", {NATIONAL}),
        ("call +49 151 2345678", {PHONE}),
        ("to=+15550101234", {PHONE}),
        ("postgres://app:hunter2@db.example.org/main", {SECRET}),
        ("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", {TOKEN}),
        ("ada@example.org paid with 4111111111111111", {EMAIL, CARD}),
    ],
)
def test_found(text: str, found: set[str]) -> None:
    assert scan_text(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "GET /api/users/42",
        "550e8400-e29b-41d4-a716-446655440000",
        "446655440000-4111-111111111111",
        "5b8efff798038103d269b633813fc60c",
        "1700000000000",
        "1700000000123456789",
        "2024-05-01T12:30:00.000+01:00",
        "v1.2.3+20240501123456",
        "10.0.0.1:5432",
        "icon@2x.png",
        "lodash@4.17.21",
        "git@2",
        "celery@ip-10-0-0-1.ec2.internal",
        "order 4111111111111112",
        "457555462",
        "https://ada@files.example.org/x",  # user information, not an address
        "0.4111111111111111",
        "id=DE88370400440532013000",
        "a = b +12",
    ],
)
def test_decoys_stay_silent(text: str) -> None:
    assert scan_text(text) == frozenset()


def test_addresses_only_when_asked_and_public() -> None:
    assert scan_text("from 93.184.216.34", addresses=True) == {IP}
    assert scan_text("from 93.184.216.34") == frozenset()
    assert scan_text("from 192.168.1.20 and 10.1.2.3", addresses=True) == frozenset()


def test_only_the_first_four_kilobytes_count() -> None:
    assert scan_text(" " * 4000 + "ada@example.org") == {EMAIL}
    assert scan_text(" " * 5000 + "ada@example.org") == frozenset()


@pytest.mark.parametrize(
    "unit",
    ["@", "a@", "a@b.", "1 ", "1-", "+1 ", "(1", "eyJ", "eyJaaaaaaaa.", "://", "://a:b", "DE89 ", "%40", "4111 "],
)
def test_no_text_is_slow(unit: str) -> None:
    start = time.perf_counter()
    scan_text(unit * 100_000)
    assert time.perf_counter() - start < 1


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_judged_and_never_returned(text: str) -> None:
    assert all(category.startswith(("user.", "system.")) for category in scan_text(text, addresses=True))


@settings(max_examples=40, deadline=None)
@given(
    st.from_regex(r"[a-z][a-z0-9]{0,10}(\.[a-z0-9]{1,8})?@[a-z][a-z0-9]{1,10}\.(org|com|de)", fullmatch=True),
    st.sampled_from(["", "user ", "q=", "<", "'", "mailto:", "Key (email)=("]),
    st.sampled_from(["", " not found", ")", ">", "'", ",", "&x=1"]),
)
def test_an_email_is_found_whatever_surrounds_it(email: str, before: str, after: str) -> None:
    assert scan_text(before + email + after) >= {EMAIL}
    assert scan_text(before + quote(email) + after) >= {EMAIL}
