"""Numbers that states give to people. Each check takes the number without blanks, dots, hyphens and slashes."""

from __future__ import annotations

import re
from collections.abc import Callable

from classifiers.checksums import is_article_number, luhn

_OUT = str.maketrans("", "", " .-/")


def compact(text: str) -> str:
    """The number alone, in capitals."""
    return text.translate(_OUT).upper()


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(char) * weight for char, weight in zip(digits, weights, strict=False))


def _day(day: str, month: str) -> bool:
    return 1 <= int(day) <= 31 and 1 <= int(month) <= 12


def spanish(code: str) -> bool:
    """DNI, NIE: 23 letters by the remainder."""
    digits = code[:-1].translate(str.maketrans("XYZ", "012"))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23] == code[-1]


_ODD_DIGITS = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)
_ODD_LETTERS = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
_ODD = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", _ODD_DIGITS + _ODD_LETTERS, strict=True))


def italian(code: str) -> bool:
    """Codice fiscale: the control letter of DM 23/12/1976."""
    total = sum(
        _ODD[char] if place % 2 == 0 else int(char, 36) - 10 * char.isalpha() for place, char in enumerate(code[:15])
    )
    return chr(65 + total % 26) == code[15]


def polish(code: str) -> bool:
    """PESEL: a day, a month with its century, ten weights."""
    return (
        _day(code[4:6], f"{int(code[2:4]) % 20:02d}")
        and (_weighted(code[:10], (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) + int(code[10])) % 10 == 0
    )


def brazilian(code: str) -> bool:
    """CPF: two check digits modulo 11."""
    first = _weighted(code[:9], tuple(range(10, 1, -1))) * 10 % 11 % 10
    second = _weighted(code[:10], tuple(range(11, 1, -1))) * 10 % 11 % 10
    return len(set(code)) > 1 and code[9:] == f"{first}{second}"


def french(code: str) -> bool:
    """NIR: sex, year, month, department (2A and 2B are Corsica), key modulo 97."""
    body = code[:13].replace("2A", "19").replace("2B", "18")
    return body.isdigit() and 97 - int(body) % 97 == int(code[13:])


def dutch(code: str) -> bool:
    """BSN: the eleven test."""
    return (_weighted(code[:8], (9, 8, 7, 6, 5, 4, 3, 2)) - int(code[8])) % 11 == 0 and code != "000000000"


def german_tax(code: str) -> bool:
    """Steuer-Identifikationsnummer: ISO 7064 modulo 11, 10."""
    product = 10
    for char in code[:10]:
        product = ((int(char) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(code[10]) and len(set(code[:10])) < 10


def norwegian(code: str) -> bool:
    """Fodselsnummer: a day and two check digits modulo 11."""
    first = _weighted(code, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11
    return _day(code[:2], code[2:4]) and first == 0 and _weighted(code, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def belgian(code: str) -> bool:
    """Rijksregisternummer: modulo 97, for those born since 2000 with a 2 in front."""
    return _day(code[4:6], code[2:4]) and int(code[9:]) in (97 - int(code[:9]) % 97, 97 - int("2" + code[:9]) % 97)


def finnish(code: str) -> bool:
    """Henkilotunnus: modulo 31 over the digits."""
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(code[:6] + code[-4:-1]) % 31] == code[-1]


def swedish(code: str) -> bool:
    """Personnummer: a day and the check of ISO/IEC 7812-1 over the last ten digits."""
    return _day(code[-6:-4], code[-8:-6]) and luhn(code[-10:])


def portuguese(code: str) -> bool:
    """NIF of a person: modulo 11."""
    rest = _weighted(code[:8], (9, 8, 7, 6, 5, 4, 3, 2)) % 11
    return int(code[8]) == (0 if rest < 2 else 11 - rest)


def chinese(code: str) -> bool:
    """Resident identity number: ISO 7064 modulo 11, 2."""
    total = _weighted(code[:17], (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))
    return "10X98765432"[total % 11] == code[17]


def nhs(code: str) -> bool:
    """Health service number of England: modulo 11."""
    return _weighted(code[:9], (10, 9, 8, 7, 6, 5, 4, 3, 2)) % 11 == (11 - int(code[9])) % 11


def _always(_: str) -> bool:
    return True


# The form of a compact number, and its check. A column is of a kind when most of its values of that form pass.
KINDS: tuple[tuple[re.Pattern[str], Callable[[str], bool], str], ...] = (
    (re.compile(r"(?:\d{8}|[XYZ]\d{7})[A-Z]", re.ASCII), spanish, "DNI or NIE numbers (Spain)"),
    (re.compile(r"[A-Z]{6}\d\d[ABCDEHLMPRST]\d\d[A-Z]\d{3}[A-Z]", re.ASCII), italian, "fiscal codes (Italy)"),
    (re.compile(r"\d{11}", re.ASCII), polish, "PESEL numbers (Poland)"),
    (re.compile(r"\d{11}", re.ASCII), brazilian, "CPF numbers (Brazil)"),
    (re.compile(r"\d{11}", re.ASCII), german_tax, "tax numbers (Germany)"),
    (re.compile(r"\d{11}", re.ASCII), norwegian, "birth numbers (Norway)"),
    (re.compile(r"\d{11}", re.ASCII), belgian, "register numbers (Belgium)"),
    (
        re.compile(r"[12]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d\d|2[AB])\d{8}", re.ASCII),
        french,
        "social security numbers (France)",
    ),
    (re.compile(r"\d{9}", re.ASCII), dutch, "citizen service numbers (Netherlands)"),
    (re.compile(r"[123]\d{8}", re.ASCII), portuguese, "tax numbers (Portugal)"),
    (re.compile(r"756\d{10}", re.ASCII), is_article_number, "AHV numbers (Switzerland)"),
    (re.compile(r"(?:19|20)\d{10}", re.ASCII), swedish, "personal numbers (Sweden)"),
    (re.compile(r"\d{17}[\dX]", re.ASCII), chinese, "identity numbers (China)"),
    (re.compile(r"\d{6}[A+]?\d{3}[0-9A-Y]", re.ASCII), finnish, "personal identity codes (Finland)"),
    (
        re.compile(r"(?![DFIQUVO]|BG|GB|NK|KN|TN|NT)[A-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]?|ZZ\d{6}[A-Z]", re.ASCII),
        _always,
        "national insurance numbers (UK)",
    ),
    (
        re.compile(r"\d{2}(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d[A-Z]\d{3}", re.ASCII),
        _always,
        "pension insurance numbers (Germany)",
    ),
    (re.compile(r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]", re.ASCII), _always, "PAN numbers (India)"),
)
