"""Check digits: what tells a card, an account or an article number from digits that only look like one."""

from __future__ import annotations

# Lengths of an IBAN by country (ISO 13616 registry, the larger ones).
_IBAN_LENGTHS = {
    "AE": 23, "AT": 20, "BE": 16, "BG": 22, "BR": 29, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20,
    "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27,
    "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24,
    "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26, "UA": 29,
}  # fmt: skip
_SEPARATORS = str.maketrans("", "", " -")


def luhn(digits: str) -> bool:
    """The check of ISO/IEC 7812-1 over a string of ASCII digits."""
    total = 0
    for position, char in enumerate(reversed(digits)):
        digit = ord(char) - 48
        if position % 2:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return total % 10 == 0


def is_card(text: str) -> bool:
    """A payment card number: an issuer's prefix, that issuer's length (13 to 19 digits), and a right check digit."""
    digits = text.translate(_SEPARATORS)
    if not (digits.isascii() and digits.isdigit() and _issued(digits)):
        return False
    return len(set(digits)) > 1 and luhn(digits)


def _issued(digits: str) -> bool:
    size, two, four = len(digits), int(digits[:2] or 0), int(digits[:4] or 0)
    if digits.startswith("4"):  # Visa
        return size in (13, 16)
    if 51 <= two <= 55 or 2221 <= four <= 2720:  # Mastercard
        return size == 16
    if two in (34, 37):  # American Express
        return size == 15
    if two in (36, 38, 39) or 3000 <= four <= 3059:  # Diners Club
        return size == 14
    jcb, discover, union_pay = 3528 <= four <= 3589, four == 6011 or two == 65 or 6440 <= four <= 6499, two == 62
    return 16 <= size <= 19 and (jcb or discover or union_pay)


def is_iban(text: str) -> bool:
    """An account number of ISO 13616: a known country, its length, and mod 97 = 1 (ISO 7064)."""
    code = text.translate(_SEPARATORS)
    if not (code.isascii() and code.isalnum() and code.isupper() and code[2:4].isdigit()):
        return False
    if _IBAN_LENGTHS.get(code[:2]) != len(code):
        return False
    return int("".join(str(int(char, 36)) for char in code[4:] + code[:4])) % 97 == 1


def is_article_number(digits: str) -> bool:
    """A 13-digit article number of GS1 (EAN-13, ISBN-13) with a right check digit."""
    if len(digits) != 13 or not (digits.isascii() and digits.isdigit()):
        return False
    return sum(int(char) * (3 if position % 2 else 1) for position, char in enumerate(digits)) % 10 == 0


def is_old_isbn(text: str) -> bool:
    """A book number of ten characters (ISBN-10), check character X included."""
    if len(text) != 10 or not text[:9].isdigit() or text[9] not in "0123456789X":
        return False
    last = 10 if text[9] == "X" else int(text[9])
    return (sum(int(char) * (10 - place) for place, char in enumerate(text[:9])) + last) % 11 == 0


def is_routing_number(digits: str) -> bool:
    """A US bank's routing number: nine digits with weights 3, 7, 1."""
    if len(digits) != 9 or not (digits.isascii() and digits.isdigit()):
        return False
    return sum(int(char) * (3, 7, 1)[place % 3] for place, char in enumerate(digits)) % 10 == 0 and digits != "0" * 9


def is_us_tax_number(text: str) -> bool:
    """A US social security number or ITIN written AAA-GG-SSSS, with numbers that are issued."""
    area, _, rest = text.partition("-")
    group, _, serial = rest.partition("-")
    if area in ("000", "666") or group == "00" or serial == "0000":
        return False
    # Areas from 900 are never SSNs; the IRS gives them to ITINs, in these groups only.
    return area < "900" or "50" <= group <= "65" or ("70" <= group <= "99" and group not in ("89", "93"))
