"""What the values of a category look like. All quantifiers are bounded, so that no text can make a match slow."""

from __future__ import annotations

import ipaddress
import re

from classifiers.checksums import is_us_tax_number

EMAIL = "user.contact.email"
PHONE = "user.contact.phone_number"
CARD = "user.financial.credit_card"
BANK = "user.financial.bank_account"
NATIONAL_ID = "user.government_id.national_identification_number"
IP = "user.device.ip_address"
DEVICE = "user.device.device_id"
PLACE = "user.location.precise"
TOKEN = "user.authorization.credentials"  # noqa: S105
SECRET = "system.authentication"  # noqa: S105

AT_LEFT = re.compile(r"[A-Za-z0-9._%+'\-]{1,64}\Z")
AT_RIGHT = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.){1,8}([A-Za-z]{2,24})(?![\w])")
# What may follow an @ and is no mail domain: file names (icon@2x.png) and hosts of a private network.
_NO_MAIL = frozenset(
    "png jpg jpeg gif svg webp ico js mjs ts css html json xml map pdf zip jar py so dll "
    "internal local localdomain lan svc".split()
)

CARD_RUN = re.compile(
    r"(?<![\w.+\-])(?:\d{13,19}|\d{4}([ \-])\d{4}\1\d{4}\1\d{4}|\d{4}([ \-])\d{6}\2\d{4,5})(?![\w\-])"
)
IBAN_RUN = re.compile(r"(?<![\w])[A-Z]{2}\d{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?)(?![\w])")
SSN_RUN = re.compile(r"(?<![\w.\-])\d{3}-\d{2}-\d{4}(?![\w\-])")
SSN_NAMED = re.compile(r"\b(?:ssn|social security)\W{0,3}(?:number|no|is)?\W{0,4}(\d{9})(?!\d)", re.IGNORECASE)
PHONE_RUN = re.compile(r"(?<![\w.+\-])\+[1-9](?:[ .()\-]{0,2}\d){7,14}(?![\w])")
PHONE_NATIONAL = re.compile(
    r"(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[\-. ])[2-9]\d{2}[\-. ]\d{4}|0\d{1,4}[ /\-]\d{3,4}[ \-]?\d{3,4}"
)
JWT = re.compile(r"(?<![\w])eyJ[\w\-]{8,}\.eyJ[\w\-]{8,}\.[\w\-]{8,}")
USER_INFO = re.compile(r"://[^/\s:@]{0,64}:[^/\s@]{1,64}@")
MAC = re.compile(r"[0-9A-Fa-f]{2}(?:([:\-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}")
PAIR = re.compile(r"[(\[]?(-?\d{1,3}\.\d{3,12})\s?[,;]\s?(-?\d{1,3}\.\d{3,12})[)\]]?")


def has_email(text: str) -> bool:
    """Whether an e-mail address stands in `text`: not the user part of a URL, not a file or a private host."""
    at = text.find("@")
    while at >= 0:
        left = AT_LEFT.search(text, max(0, at - 64), at)
        right = AT_RIGHT.match(text, at + 1)
        if left and right and right[1].lower() not in _NO_MAIL and not _in_authority(text, left.start()):
            return True
        at = text.find("@", at + 1)
    return False


def _in_authority(text: str, start: int) -> bool:
    """Whether the place lies between a URL's `://` and its path: then the @ ends user information."""
    scheme = text.rfind("://", max(0, start - 128), start)
    return scheme >= 0 and not set(text[scheme + 3 : start]) & set("/?# \t\n")


def is_email(text: str) -> bool:
    """Whether the whole text is one e-mail address."""
    return text.count("@") == 1 and " " not in text and has_email(text)


def is_phone(text: str) -> bool:
    """International (+..) or written with national separators; a bare run of digits is not enough."""
    return bool(PHONE_RUN.fullmatch(text) or PHONE_NATIONAL.fullmatch(text))


def is_ip(text: str) -> bool:
    """An IPv4 or IPv6 address that may be a person's: not loopback, unspecified or multicast."""
    if text.count(".") != 3 and ":" not in text:
        return False
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if address.is_loopback or address.is_unspecified or address.is_multicast:
        return False
    return address.version == 6 or not address.is_reserved


def is_public_ip(text: str) -> bool:
    """An address on the open internet."""
    return is_ip(text) and ipaddress.ip_address(text).is_global


def is_place(text: str) -> bool:
    """A pair of decimal latitude and longitude, three or more decimals each."""
    pair = PAIR.fullmatch(text)
    return pair is not None and abs(float(pair[1])) <= 90 and abs(float(pair[2])) <= 180


def is_written_ssn(text: str) -> bool:
    """A US social security number or ITIN, with its dashes and nothing else."""
    return bool(SSN_RUN.fullmatch(text)) and is_us_tax_number(text)
