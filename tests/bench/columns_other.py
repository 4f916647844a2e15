"""Columns by generators that our rules were not written against: python columns_other.py SEED GENERATOR

GENERATOR is `locales` (faker in further countries; kinds and decoys are those of columns.py) or `mimesis` (another
library, its own forms). Rows are as in columns.py. Needs faker and mimesis, and nothing of ours.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from columns import DECOYS, DIRT, PERSONAL, SIZE, dirtied
from faker import Faker
from mimesis import Generic, Locale
from mimesis.enums import Gender, PortRange

FURTHER = (
    "en_AU en_CA en_IN en_IE de_AT de_CH fr_CH es_MX es_AR pt_PT sv_SE da_DK no_NO fi_FI cs_CZ ro_RO tr_TR".split()
)
LOCALES = (
    *(Locale.EN, Locale.EN_GB, Locale.EN_AU, Locale.DE, Locale.FR, Locale.ES, Locale.IT, Locale.NL, Locale.PT_BR),
    *(Locale.PL, Locale.SV, Locale.DA, Locale.CS, Locale.FI, Locale.TR),
)

Make = Callable[[Any, random.Random], Any]

M_PERSONAL: dict[str, tuple[str, str, Make]] = {
    "email": ("user.contact.email", "email", lambda g, r: g.person.email()),
    "phone": ("user.contact.phone_number", "phone", lambda g, r: g.person.telephone()),
    "first_name": ("user.name.first", "first_name", lambda g, r: g.person.first_name()),
    "last_name": ("user.name.last", "last_name", lambda g, r: g.person.last_name()),
    "full_name": ("user.name", "full_name", lambda g, r: g.person.full_name()),
    "name_reversed": ("user.name", "customer_name", lambda g, r: g.person.full_name(reverse=True)),
    "username": ("user.account.username", "username", lambda g, r: g.person.username()),
    "password": ("user.authorization.password", "password", lambda g, r: g.person.password(length=12)),
    "gender": ("user.demographic.gender", "gender", lambda g, r: g.person.gender()),
    "occupation": ("user.job_title", "occupation", lambda g, r: g.person.occupation()),
    "nationality": ("user.demographic", "nationality", lambda g, r: g.person.nationality(gender=Gender.MALE)),
    "birth_date": (
        "user.demographic.date_of_birth",
        "birth_date",
        lambda g, r: g.datetime.date(start=1940, end=2005).isoformat(),
    ),
    "birth_date_local": (
        "user.demographic.date_of_birth",
        "dob",
        lambda g, r: g.datetime.date(start=1940, end=2005).strftime("%d/%m/%Y"),
    ),
    "address": ("user.contact.address", "address", lambda g, r: g.address.address()),
    "city": ("user.contact.address.city", "city", lambda g, r: g.address.city()),
    "postcode": ("user.contact.address.postal_code", "postcode", lambda g, r: g.address.postal_code()),
    "card": ("user.financial.credit_card", "card_number", lambda g, r: g.payment.credit_card_number()),
    "wallet": ("user.financial", "wallet", lambda g, r: g.payment.ethereum_address()),
    "ipv4": ("user.device.ip_address", "client_ip", lambda g, r: g.internet.ip_v4()),
    "ipv6": ("user.device.ip_address", "remote_addr", lambda g, r: g.internet.ip_v6()),
    "mac": ("user.device.device_id", "mac_address", lambda g, r: g.internet.mac_address()),
    "user_agent": ("user.device", "user_agent", lambda g, r: g.internet.user_agent()),
    "imei": ("user.device.device_id", "imei", lambda g, r: g.code.imei()),
}
M_DECOYS: dict[str, tuple[str, Make]] = {
    "uuid": ("request_uuid", lambda g, r: g.cryptographic.uuid()),
    "hash": ("digest", lambda g, r: g.cryptographic.hash()),
    "token_hex": ("etag", lambda g, r: g.cryptographic.token_hex()),
    "ean": ("ean", lambda g, r: g.code.ean()),
    "isbn": ("isbn", lambda g, r: g.code.isbn()),
    "issn": ("issn", lambda g, r: g.code.issn()),
    "locale_code": ("locale_code", lambda g, r: g.code.locale_code()),
    "company": ("vendor", lambda g, r: g.finance.company()),
    "price": ("price", lambda g, r: g.finance.price()),
    "currency": ("currency", lambda g, r: g.finance.currency_iso_code()),
    "stock": ("ticker", lambda g, r: g.finance.stock_ticker()),
    "dish": ("dish", lambda g, r: g.food.dish()),
    "fruit": ("fruit", lambda g, r: g.food.fruit()),
    "drink": ("drink", lambda g, r: g.food.drink()),
    "url": ("link", lambda g, r: g.internet.url()),
    "host": ("host", lambda g, r: g.internet.hostname()),
    "port": ("port", lambda g, r: g.internet.port(PortRange.ALL)),
    "status": ("http_status", lambda g, r: g.internet.http_status_code()),
    "content_type": ("mime", lambda g, r: g.internet.content_type()),
    "path": ("path", lambda g, r: g.path.project_dir()),
    "file_name": ("filename", lambda g, r: g.file.file_name()),
    "version": ("version", lambda g, r: g.development.version()),
    "language": ("programming_language", lambda g, r: g.development.programming_language()),
    "os": ("os", lambda g, r: g.development.os()),
    "timestamp": ("created_at", lambda g, r: g.datetime.datetime(start=2021, end=2026).isoformat()),
    "time": ("start_time", lambda g, r: g.datetime.time().strftime("%H:%M")),
    "weekday": ("weekday", lambda g, r: g.datetime.day_of_week()),
    "month": ("month", lambda g, r: g.datetime.month()),
    "colour": ("color", lambda g, r: g.text.color()),
    "hex_colour": ("color_code", lambda g, r: g.text.hex_color()),
    "word": ("keyword", lambda g, r: g.text.word()),
    "car": ("model", lambda g, r: g.transport.car()),
    "aeroplane": ("aircraft", lambda g, r: g.transport.airplane()),
    "float": ("ratio", lambda g, r: g.numeric.float_number(0, 100, precision=4)),
    "integer": ("quantity", lambda g, r: g.numeric.integer_number(0, 100_000)),
    "phone_model": ("handset", lambda g, r: g.hardware.phone_model()),
    "cpu": ("cpu", lambda g, r: g.hardware.cpu()),
    "size": ("file_size", lambda g, r: g.file.size()),
    "dsn": ("source", lambda g, r: g.text.quote()),
}


def further(seed: int) -> Iterator[dict[str, Any]]:
    """Faker's kinds in other countries; a kind that a country does not have is left out."""
    rng = random.Random(seed)
    for number, locale in enumerate(FURTHER):
        fake = Faker(locale)
        fake.seed_instance(seed)
        for kind, (category, names, make) in PERSONAL.items():
            if kind == "national_id":
                continue  # of most of these countries faker makes none, or US ones
            yield from _column(kind, category, names, locale, partial(make, fake, rng), rng)
        for kind, (names, make) in list(DECOYS.items())[number % 3 :: 3]:
            yield from _column(kind, "", names, locale, partial(make, fake, rng), rng)


def mimesis(seed: int) -> Iterator[dict[str, Any]]:
    """What mimesis makes."""
    rng = random.Random(seed)
    for locale in LOCALES:
        made = Generic(locale, seed=seed)
        for kind, (category, names, make) in M_PERSONAL.items():
            yield from _column(kind, category, names, locale.value, partial(make, made, rng), rng)
        for kind, (names, make) in M_DECOYS.items():
            yield from _column(kind, "", names, locale.value, partial(make, made, rng), rng)


def _column(
    kind: str, category: str, names: str, locale: str, make: Callable[[], Any], rng: random.Random
) -> Iterator[dict[str, Any]]:
    dirt, name = rng.choice(DIRT), rng.choice(names.split())
    try:
        values = dirtied([str(make()) for _ in range(SIZE)], dirt, rng)
    except (AttributeError, KeyError, IndexError, ValueError, NotImplementedError):
        return  # this country has none
    yield {"name": name, "kind": kind, "category": category, "locale": locale, "dirt": dirt, "values": values}


if __name__ == "__main__":
    for column in {"locales": further, "mimesis": mimesis}[sys.argv[2]](int(sys.argv[1])):
        sys.stdout.write(json.dumps(column, ensure_ascii=False) + "\n")
