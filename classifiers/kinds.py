"""What columns may hold, most telling first: each kind says which values show it and how many must."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from classifiers import national, patterns, people, phones, places
from classifiers.checksums import is_card, is_iban, luhn
from classifiers.patterns import BANK, CARD, DEVICE, EMAIL, IP, NATIONAL_ID, PHONE, TOKEN

Check = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Kind:
    """Values that show a category.

    `sure` values show it on their own, `like` ones only in their company: at least `anchor` of the distinct values must
    be sure, and `quorum` sure or alike. With a `form`, only values of that form are asked, four in five of them must be
    sure, and four at least: for checks that one value in ten passes by luck. `strength` is how much all values together
    tell without a name; `says` completes the sentence "n of m distinct values ...".
    """

    category: str
    says: str
    sure: Check
    like: Check | None = None
    anchor: float = 0.25
    quorum: float = 0.5
    form: Check | None = None
    strength: float = 0.9
    least: int = 1


_VIN = re.compile(r"(?=.{0,16}[A-Z])(?=.{0,16}\d)[A-HJ-NPR-Z0-9]{17}")
_IMEI = re.compile(r"\d{15}|\d{2}-\d{6}-\d{6}-\d")
_AGENT = re.compile(r"(?:Mozilla|Opera|Dalvik|okhttp|PostmanRuntime|curl|python-requests)/\d.{2,400}", re.DOTALL)
_WALLET = re.compile(r"0x[0-9a-fA-F]{40}|bc1[a-z0-9]{25,59}")
_PROFILE = re.compile(
    r"(?:https?://)?(?:www\.|[a-z]{2}\.)?"
    r"(?:(?:linkedin\.com/in|facebook\.com|twitter\.com|x\.com|instagram\.com|github\.com|t\.me|tiktok\.com)/@?[\w.\-%]{2,60}/?)"
)
_ICD = re.compile(r"[A-TV-Z]\d[0-9AB](?:\.[0-9A-Z]{1,4})?")
_ICD_SURE = re.compile(r"[A-TV-Z]\d[0-9AB]\.[0-9A-Z]{1,4}")
_NHS = re.compile(r"\d{3}[ \-]\d{3}[ \-]\d{4}")
# Small and capital letters, a digit or two marks, and a mark that stands in no path, host or code.
_PASSWORD = re.compile(
    r"(?!https?:)(?!\{\")(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=[^\d]*\d|(?:[^!-/:-@\[-`{-~]*[!-/:-@\[-`{-~]){2})"
    r"(?=.*[!@#$%^&*()?~<>|{}\[\]\\`])[!-~]{7,24}"
)
_PLATES = (
    r"[A-Z]{2}\d{2} [A-Z]{3}",  # GB
    r"[A-ZÄÖÜ]{1,3}-[A-Z]{1,2}-\d{1,4}",  # DE
    r"[A-HJ-NP-TV-Z]{2}-\d{3}-[A-HJ-NP-TV-Z]{2}|\d{3}-[A-Z]{3}-\d{2}",  # FR, new and old
    r"\d{4} [B-DF-HJ-NPR-TV-Z]{3}|[A-Z]{1,2} \d{4} [A-Z]{2}",  # ES, new and old
    r"[A-HJ-NPR-TV-Z]{2}\d{3}[A-HJ-NPR-TV-Z]{2}",  # IT
    r"(?=.{0,9}[A-Z])(?=.{0,9}\d)(?:\d{1,2}|[A-Z]{1,3})-(?:\d{2,3}|[A-Z]{2,3})-(?:\d{1,2}|[A-Z]{1,2})",  # NL
    r"[A-Z]{3}-\d[A-Z]\d{2}|[A-Z]{3}\d[A-Z]\d{2}",  # BR
    r"[A-Z]{2,3} (?=\w*\d)[A-Z0-9]{4,5}",  # PL
)


def _device_number(text: str) -> bool:
    digits = text.replace("-", "")
    return digits[:2] not in ("34", "37") and luhn(digits)


def _closed(name: str, category: str, what: str, strength: float = 0.85, least: int = 2) -> Kind:
    return Kind(
        category,
        f"are answers to a question for {what}",
        partial(people.is_member, name),
        strength=strength,
        least=least,
    )


def _national(form: re.Pattern[str], check: Callable[[str], bool], what: str) -> Kind:
    def of_form(text: str) -> object:
        return form.fullmatch(national.compact(text))

    def sure(text: str) -> bool:
        return check(national.compact(text))

    return Kind(NATIONAL_ID, f"have the form and check digits of {what}", sure, form=of_form)


_VEHICLE = "user.government_id.vehicle_registration"

KINDS: tuple[Kind, ...] = (
    Kind(EMAIL, "have the form of an e-mail address", patterns.is_email),
    Kind(BANK, "are IBANs with a right check number", is_iban),
    Kind(CARD, "have a card issuer's prefix and pass the Luhn check", is_card),
    Kind(NATIONAL_ID, "are written like a US social security number", patterns.is_written_ssn),
    Kind(IP, "are IP addresses", patterns.is_ip),
    Kind(DEVICE, "are MAC addresses", patterns.MAC.fullmatch),
    Kind(TOKEN, "are JSON web tokens", patterns.JWT.fullmatch),
    Kind("user.device", "are descriptions of a browser or device", _AGENT.fullmatch),
    Kind("user.contact.url", "are addresses of profiles in social networks", _PROFILE.fullmatch),
    Kind(BANK, "are addresses of crypto wallets", _WALLET.fullmatch),
    *(_national(*kind) for kind in national.KINDS),
    Kind(DEVICE, "have the length and check digit of an IMEI", _device_number, form=_IMEI.fullmatch),
    Kind(
        "user.health_and_medical.record_id",
        "are grouped and checked like NHS numbers",
        lambda text: national.nhs(national.compact(text)),
        form=_NHS.fullmatch,
    ),
    Kind(
        _VEHICLE, "have the form of vehicle identification numbers", _VIN.fullmatch, quorum=0.6, strength=0.7, least=4
    ),
    Kind("user.contact.address", "have the parts of a postal address", places.is_address, places.is_address_like),
    Kind(
        "user.contact.address.street",
        "are written like a street and number",
        places.is_street,
        places.is_street_like,
        0.2,
    ),
    Kind(PHONE, "are written like phone numbers", phones.is_phone, phones.is_digits, 0.3),
    _closed("gender", "user.demographic.gender", "gender"),
    _closed("marital", "user.demographic.marital_status", "marital status", least=3),
    _closed("religion", "user.demographic.religious_belief", "religion", least=3),
    _closed("ethnicity", "user.demographic.race_ethnicity", "ethnicity", least=3),
    _closed("blood", "user.health_and_medical", "blood group", least=3),
    Kind(
        "user.health_and_medical",
        "have the form of codes for diagnoses",
        _ICD_SURE.fullmatch,
        _ICD.fullmatch,
        strength=0.6,
        least=4,
    ),
    *(
        Kind(_VEHICLE, "have the form of license plates", re.compile(plate).fullmatch, strength=0.6, least=4)
        for plate in _PLATES
    ),
    *(
        Kind(
            "user.contact.address.postal_code", "have the form of postal codes", code.fullmatch, strength=0.65, least=4
        )
        for code in places.POSTCODES
    ),
    Kind(
        "user.authorization.password",
        "mix characters as passwords do",
        _PASSWORD.fullmatch,
        quorum=0.6,
        strength=0.6,
        least=4,
    ),
)

# Kinds told by common words; the strongest of them speaks for the column.
WORDY: tuple[Kind, ...] = (
    Kind(
        "user.name",
        "read like names of people",
        people.is_full_name,
        people.is_full_name_like,
        0.2,
        0.6,
        strength=0.8,
        least=3,
    ),
    Kind(
        "user.name.first",
        "read like given names",
        people.is_given,
        people.is_name_like,
        0.2,
        0.6,
        strength=0.75,
        least=3,
    ),
    Kind(
        "user.name.last",
        "read like family names",
        people.is_family,
        people.is_name_like,
        0.2,
        0.6,
        strength=0.7,
        least=3,
    ),
    Kind(
        "user.contact.address.city",
        "read like names of cities",
        people.is_city,
        people.is_city_like,
        0.2,
        0.6,
        strength=0.7,
        least=3,
    ),
    Kind("user.job_title", "read like occupations", people.is_job, people.is_job_like, 0.3, 0.6, strength=0.7, least=3),
    Kind(
        "user.account.username",
        "are built like user names",
        people.is_user,
        people.is_user_like,
        0.3,
        0.6,
        strength=0.65,
        least=3,
    ),
)
