"""Phone numbers as single values, by the numbering plans of the phonenumbers library (loaded on first use)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

# Countries in whose way a number without a country code may be written.
REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "BR", "PL")

_FORM = re.compile(r"(\+|00)?([\d().\-/ ]{5,28}\d)(?:\s?(?:x|ext\.?|#)\s?\d{1,6})?", re.IGNORECASE)
_NO_PHONE = re.compile(
    r"\d{4}-\d\d-\d\d.*|\d{1,2}[./\-]\d{1,2}[./\-]\d{2,4}|-?\d+\.\d*|\d{3}-\d{2}-\d{4}|\d+(?:\.\d+){3}|"
    r"(?:\d{1,7}-){2,4}\d|\d{4,5}-\d{3,4}|\d{3}\.\d{3}\.\d{3}-\d\d|(?:\d{4} ){2,}\d{1,4}|-.*"
)


def is_region(code: str) -> bool:
    """Whether it is the code of a country with a numbering plan."""
    import phonenumbers

    return code in phonenumbers.SUPPORTED_REGIONS


def is_phone(text: str, regions: Sequence[str] = REGIONS) -> bool:
    """International, or written with separators or a leading zero as a number of one of the `regions` is."""
    form = _FORM.fullmatch(text)
    if form is None or _NO_PHONE.fullmatch(text):
        return False
    digits = sum(map(str.isdigit, form[2]))
    if form[1] == "+":
        return 7 <= digits <= 16 and form[2][0] in "123456789("
    if not 8 <= digits <= 15 or (form[2].isdigit() and not text.startswith("0")):
        return False
    if form[2].count(" ") + form[2].count("-") > 6:
        return False
    return _nanp(form[2]) or is_valid(text, tuple(regions))


def is_digits(text: str, regions: Sequence[str] = REGIONS) -> bool:
    """Bare digits, or separators in no known way: a phone number only in the company of others."""
    form = _FORM.fullmatch(text)
    return form is not None and not _NO_PHONE.fullmatch(text) and 7 <= sum(map(str.isdigit, text)) <= 16


_NANP = re.compile(r"(?:1[\-. ])?(?:\(\d{3}\) ?|\d{3}[\-. ])\d{3}[\-. ]\d{4}|1?-?\(\d{3}\)\d{3}-\d{4}")


def _nanp(text: str) -> bool:
    """Three, three and four digits: North America, whatever the area code, since made-up ones are common."""
    return _NANP.fullmatch(text) is not None


@lru_cache(maxsize=64)
def is_valid(text: str, regions: tuple[str, ...]) -> bool:
    """A number that one of the regions' plans allows."""
    import phonenumbers

    for region in regions:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return True
    return False
