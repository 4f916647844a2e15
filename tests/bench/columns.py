"""Columns of made-up data, one JSON object a line: python columns.py SEED. Needs faker, and nothing of ours.

Each row: `name` (a natural column name), `kind`, `category` (a fideslang key; empty: not personal), `locale`, `dirt`
(what was mixed in) and `values`. Personal kinds come in every locale; decoys look like personal data to some pattern,
or are simply what databases are full of.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from faker import Faker

LOCALES = "en_US en_GB de_DE fr_FR es_ES it_IT nl_NL pt_BR pl_PL".split()
DIRT = ("clean", "nulls", "tests", "cut", "mixed")
SIZE = 30

Make = Callable[[Any, random.Random], str]
_ID = "user.government_id.national_identification_number"


def _digits(rng: random.Random, size: int) -> str:
    return str(rng.randint(1, 9)) + "".join(rng.choices("0123456789", k=size - 1))


def _luhn(body: str) -> str:
    total = 0
    for position, char in enumerate(reversed(body)):
        digit = int(char) * (1 if position % 2 else 2)
        total += digit - 9 if digit > 9 else digit
    return body + str(-total % 10)


def _spaced(text: str) -> str:
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def _letters(rng: random.Random, size: int) -> str:
    return "".join(rng.choices("ABCDEFGHKLMN", k=size))


def _jwt(rng: random.Random) -> str:
    def part(data: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")

    return f"{part({'alg': 'HS256'})}.{part({'sub': rng.randint(1, 10**9)})}.{rng.randbytes(32).hex()}"


def _day(rng: random.Random, first: int, last: int) -> date:
    return date(first, 1, 1) + timedelta(days=rng.randrange(365 * (last - first)))


def _moment(rng: random.Random) -> datetime:
    return datetime(2023, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randrange(80_000_000))


def _note(f: Any, rng: random.Random) -> str:
    text = f.sentence(nb_words=9)
    return f"{text} Write to {f.email()} please." if rng.random() < 0.4 else text


# kind: (category, natural names, maker)
PERSONAL: dict[str, tuple[str, str, Make]] = {
    "email": ("user.contact.email", "email contact_email mail_address", lambda f, r: f.email()),
    "phone": ("user.contact.phone_number", "phone mobile_number tel_no", lambda f, r: f.phone_number()),
    "phone_e164": (
        "user.contact.phone_number",
        "phone_number msisdn",
        lambda f, r: "+" + r.choice(["4917", "3361", "1415", "4477"]) + _digits(r, 8),
    ),
    "first_name": ("user.name.first", "first_name given_name vorname", lambda f, r: f.first_name()),
    "last_name": ("user.name.last", "last_name surname nachname", lambda f, r: f.last_name()),
    "full_name": ("user.name", "full_name customer_name contact_name", lambda f, r: f.name()),
    "name_last_first": ("user.name", "patient_name account_holder", lambda f, r: f"{f.last_name()}, {f.first_name()}"),
    "street": ("user.contact.address.street", "street street_address address_line1", lambda f, r: f.street_address()),
    "city": ("user.contact.address.city", "city home_town", lambda f, r: f.city()),
    "postcode": ("user.contact.address.postal_code", "postcode zip_code postal_code", lambda f, r: f.postcode()),
    "address": ("user.contact.address", "address shipping_address", lambda f, r: f.address().replace("\n", ", ")),
    "national_id": (_ID, "ssn national_id personal_number", lambda f, r: f.ssn()),
    "iban": ("user.financial.bank_account", "iban bank_account", lambda f, r: f.iban()),
    "iban_spaced": ("user.financial.bank_account", "iban account_iban", lambda f, r: _spaced(f.iban())),
    "card": ("user.financial.credit_card", "card_number credit_card pan", lambda f, r: f.credit_card_number()),
    "card_spaced": (
        "user.financial.credit_card",
        "card_number cc_number",
        lambda f, r: _spaced(_luhn("4" + _digits(r, 14))),
    ),
    "birth_date": (
        "user.demographic.date_of_birth",
        "date_of_birth dob birthdate",
        lambda f, r: _day(r, 1938, 2006).isoformat(),
    ),
    "birth_date_local": (
        "user.demographic.date_of_birth",
        "birth_date geburtsdatum",
        lambda f, r: _day(r, 1938, 2006).strftime("%m/%d/%Y" if f.locales == ["en_US"] else "%d.%m.%Y"),
    ),
    "username": ("user.account.username", "username login_name", lambda f, r: f.user_name()),
    "password": ("user.authorization.password", "password passwd", lambda f, r: f.password()),
    "ipv4": ("user.device.ip_address", "ip_address client_ip", lambda f, r: f.ipv4_public()),
    "ipv6": ("user.device.ip_address", "remote_addr ip", lambda f, r: f.ipv6()),
    "mac": ("user.device.device_id", "mac_address device_mac", lambda f, r: f.mac_address()),
    "imei": ("user.device.device_id", "imei device_imei", lambda f, r: _luhn("35" + _digits(r, 12))),
    "user_agent": ("user.device", "user_agent browser", lambda f, r: f.user_agent()),
    "passport": ("user.government_id.passport_number", "passport_number passport_no", lambda f, r: f.passport_number()),
    "plate": ("user.government_id.vehicle_registration", "license_plate plate_number", lambda f, r: f.license_plate()),
    "vin": ("user.government_id.vehicle_registration", "vin vehicle_vin", lambda f, r: f.vin()),
    "job": ("user.job_title", "job_title occupation", lambda f, r: f.job()),
    "gender": (
        "user.demographic.gender",
        "gender sex",
        lambda f, r: r.choice(["male", "female", "non-binary", "Male", "Female"]),
    ),
    "gender_letter": ("user.demographic.gender", "gender sex", lambda f, r: r.choice("MF")),
    "ethnicity": (
        "user.demographic.race_ethnicity",
        "ethnicity race",
        lambda f, r: r.choice(
            "White,Black,Asian,Hispanic,Mixed,Latino,Caucasian,Pacific Islander,Native American".split(",")
        ),
    ),
    "religion": (
        "user.demographic.religious_belief",
        "religion faith",
        lambda f, r: r.choice("Catholic,Muslim,Jewish,Hindu,Buddhist,Protestant,Atheist,Orthodox,Sikh,None".split(",")),
    ),
    "marital": (
        "user.demographic.marital_status",
        "marital_status",
        lambda f, r: r.choice("single married divorced widowed separated".split()),
    ),
    "blood": (
        "user.health_and_medical",
        "blood_type blood_group",
        lambda f, r: r.choice("A+ A- B+ B- AB+ AB- O+ O-".split()),
    ),
    "diagnosis": (
        "user.health_and_medical",
        "diagnosis diagnosis_code icd10",
        lambda f, r: (
            r.choice("EFIJKMNGCZ")
            + f"{r.randint(0, 99):02d}"
            + r.choice(["", f".{r.randint(0, 9)}", f".{r.randint(0, 9)}"])
        ),
    ),
    "nhs": ("user.health_and_medical.record_id", "nhs_number", lambda f, r: _nhs(r)),
    "jwt": ("user.authorization.credentials", "access_token auth_token", lambda f, r: _jwt(r)),
    "wallet": ("user.financial", "wallet_address btc_address", lambda f, r: "0x" + r.randbytes(20).hex()),
    "profile_url": (
        "user.contact.url",
        "profile_url linkedin",
        lambda f, r: (
            r.choice(["https://www.linkedin.com/in/", "https://twitter.com/", "https://www.facebook.com/"])
            + f.user_name()
        ),
    ),
    "notes_email": ("user.contact.email", "notes message_body", _note),
    "age": ("user.demographic", "age patient_age", lambda f, r: str(r.randint(1, 96))),
}


def _nhs(rng: random.Random) -> str:
    while True:
        body = _digits(rng, 9)
        check = 11 - sum(int(char) * (10 - i) for i, char in enumerate(body)) % 11
        if check != 10:
            digits = body + str(check % 11)
            return f"{digits[:3]} {digits[3:6]} {digits[6:]}"


WORDS = "Wireless Compact Smart Ergonomic Portable Classic Ultra Deluxe Rustic Modern".split()
THINGS = "Mouse Chair Lamp Keyboard Backpack Bottle Speaker Desk Table Jacket Monitor Charger".split()
DECOYS: dict[str, tuple[str, Make]] = {
    "order_number": ("order_number order_no", lambda f, r: _digits(r, 10)),
    "order_code": ("order_ref", lambda f, r: f"ORD-{r.randint(2019, 2026)}-{r.randint(0, 999999):06d}"),
    "invoice": ("invoice_no", lambda f, r: f"INV{_digits(r, 8)}"),
    "epoch_s": ("ts updated", lambda f, r: str(int(_moment(r).timestamp()))),
    "epoch_ms": ("ts_ms event_time", lambda f, r: str(int(_moment(r).timestamp() * 1000) + r.randrange(1000))),
    "uuid": ("request_uuid guid", lambda f, r: f.uuid4()),
    "md5": ("checksum etag", lambda f, r: hashlib.md5(r.randbytes(8)).hexdigest()),
    "sha256": ("digest", lambda f, r: hashlib.sha256(r.randbytes(8)).hexdigest()),
    "git_sha": ("commit", lambda f, r: r.randbytes(4).hex()[:7]),
    "ean13": ("ean barcode", lambda f, r: f.ean13()),
    "isbn13": ("isbn", lambda f, r: f.isbn13(separator=r.choice(["-", ""]))),
    "isbn10": ("isbn10", lambda f, r: f.isbn10(separator="")),
    "version": ("version app_version", lambda f, r: f"{r.randint(0, 12)}.{r.randint(0, 40)}.{r.randint(0, 99)}"),
    "version4": (
        "build_version",
        lambda f, r: f"{r.randint(1, 12)}.{r.randint(0, 9)}.{r.randint(0, 30)}.{r.randint(0, 250)}",
    ),
    "coordinates": ("latlong coords", lambda f, r: f"{r.uniform(-89, 89):.6f},{r.uniform(-179, 179):.6f}"),
    "decimal": ("ratio weight", lambda f, r: f"{r.uniform(-90, 90):.5f}"),
    "sequence": ("row_no seq", lambda f, r: str(r.randint(100_000_000, 100_000_090))),
    "tracking_ups": ("tracking_no", lambda f, r: "1Z" + "".join(r.choices("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", k=16))),
    "tracking_digits": ("tracking_number shipment_no", lambda f, r: _digits(r, 12)),
    "iso_timestamp": ("created_at updated_at", lambda f, r: _moment(r).isoformat()),
    "plain_timestamp": ("last_modified", lambda f, r: _moment(r).strftime("%Y-%m-%d %H:%M:%S")),
    "recent_date": ("order_date due_date", lambda f, r: _day(r, 2022, 2026).isoformat()),
    "time": ("opens start_time", lambda f, r: f"{r.randint(0, 23):02d}:{r.randint(0, 59):02d}:{r.randint(0, 59):02d}"),
    "price": ("price total_amount", lambda f, r: f"{r.uniform(1, 999):.2f}"),
    "money": ("list_price", lambda f, r: r.choice(["$", "€", "£"]) + f"{r.uniform(1, 9999):,.2f}"),
    "percent": ("discount", lambda f, r: f"{r.uniform(0, 100):.1f}%"),
    "sku": ("sku item_code", lambda f, r: f"{_letters(r, 3)}-{r.randint(100, 9999)}-{r.choice('SML')}"),
    "path": ("file_path", lambda f, r: f.file_path(depth=3)),
    "file_name": ("filename asset", lambda f, r: f.file_name()),
    "product": ("product_name title", lambda f, r: f"{r.choice(WORDS)} {r.choice(THINGS)}"),
    "colour": ("color", lambda f, r: f.safe_color_name().title() if r.random() < 0.5 else f.color_name()),
    "hex_colour": ("colour_code", lambda f, r: f.hex_color()),
    "country_code": ("market", lambda f, r: f.country_code()),
    "currency": ("currency", lambda f, r: f.currency_code()),
    "log_level": ("level severity", lambda f, r: r.choice("DEBUG INFO WARN ERROR FATAL".split())),
    "status_code": (
        "http_status",
        lambda f, r: r.choice("200 201 204 301 302 400 401 403 404 409 422 429 500 502 503".split()),
    ),
    "boolean": ("is_active enabled", lambda f, r: r.choice(["true", "false"])),
    "state": ("status state", lambda f, r: r.choice("pending active closed shipped cancelled refunded".split())),
    "json_config": (
        "config options",
        lambda f, r: json.dumps({"retries": r.randint(1, 9), "timeout": r.randint(100, 9000)}),
    ),
    "url": (
        "image_url link",
        lambda f, r: f"https://cdn.example.com/img/{r.randint(1000, 99999)}/{r.choice(THINGS).lower()}.jpg",
    ),
    "timezone": ("timezone", lambda f, r: f.timezone()),
    "port": ("port", lambda f, r: str(r.randint(1024, 65535))),
    "mime": ("content_type", lambda f, r: f.mime_type()),
    "host": (
        "host",
        lambda f, r: f"{r.choice(['web', 'db', 'cache'])}-{r.randint(1, 40):02d}.{r.choice(['eu', 'us'])}.internal",
    ),
    "quantity": ("qty stock", lambda f, r: str(r.randint(0, 2500))),
    "span_id": ("span trace", lambda f, r: r.randbytes(8).hex()),
    "weekday": ("weekday", lambda f, r: r.choice("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())),
    "month": (
        "month",
        lambda f, r: r.choice("January February March April May June July August September October".split()),
    ),
    "sentence": (
        "description summary",
        lambda f, r: f"The {r.choice(WORDS).lower()} desk ships in {r.randint(2, 9)} days and fits most rooms.",
    ),
    "size": ("dimensions", lambda f, r: f"{r.randint(1, 90)} x {r.randint(1, 90)} x {r.randint(1, 90)} cm"),
    "digits_9": ("batch_no", lambda f, r: _digits(r, 9)),
    "digits_11": ("serial", lambda f, r: _digits(r, 11)),
    "digits_16": ("transaction_ref", lambda f, r: _digits(r, 16)),
    "object_id": ("doc_id", lambda f, r: r.randbytes(12).hex()),
    "category": (
        "category department",
        lambda f, r: r.choice(
            "Books,Toys,Garden,Sports,Music,Electronics,Home & Kitchen,Grocery,Health & Beauty,Automotive".split(",")
        ),
    ),
    "year": ("model_year", lambda f, r: str(r.randint(1970, 2026))),
}


def dirtied(values: list[str], dirt: str, rng: random.Random) -> list[str]:
    """The values with what real columns hold besides: nothing, test entries, cut texts."""
    kinds = ["nulls", "tests", "cut"] if dirt == "mixed" else [dirt]
    share = 0.08 if dirt == "mixed" else 0.2
    for kind in kinds:
        for place in range(len(values)):
            if rng.random() >= share or kind == "clean":
                continue
            if kind == "nulls":
                values[place] = rng.choice(["", "", "NULL", "N/A", "-", "unknown", "none"])
            elif kind == "tests":
                values[place] = rng.choice(["test", "asdf", "xxx", "TODO", "foo", "123", "test test"])
            elif len(values[place]) > 6:
                values[place] = values[place][: rng.randint(4, len(values[place]) - 1)]
    return values


def columns(seed: int) -> Iterator[dict[str, Any]]:
    """All columns of a seed; the same seed and version of faker give the same columns."""
    rng = random.Random(seed)
    fakes = {locale: Faker(locale) for locale in LOCALES}
    for fake in fakes.values():
        fake.seed_instance(seed)
    for number, locale in enumerate(LOCALES):
        for kind, (category, names, make) in PERSONAL.items():
            if kind == "national_id" and locale in ("de_DE", "es_ES"):
                continue  # faker makes US numbers there
            yield _column(kind, category, names, locale, make, fakes[locale], rng)
        for kind, (names, make) in list(DECOYS.items())[number % 2 :: 2]:
            yield _column(kind, "", names, locale, make, fakes[locale], rng)


def _column(
    kind: str, category: str, names: str, locale: str, make: Make, fake: Any, rng: random.Random
) -> dict[str, Any]:
    dirt = rng.choice(DIRT)
    values = dirtied([make(fake, rng) for _ in range(SIZE)], dirt, rng)
    name = rng.choice(names.split())
    return {"name": name, "kind": kind, "category": category, "locale": locale, "dirt": dirt, "values": values}


if __name__ == "__main__":
    for column in columns(int(sys.argv[1])):
        sys.stdout.write(json.dumps(column, ensure_ascii=False) + "\n")
