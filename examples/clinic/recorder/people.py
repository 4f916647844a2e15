"""Made-up people. Every value is unique, so that it can be recognised wherever it turns up."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from clinic.passwords import hashed

_FIRST = "Amarel Bettrin Corvella Dunstane Elowyth Farrimond Gwendral Hestovar".split()
_LAST = "Quillmar Rossaven Stelborne Thackwell Umberleigh Vantrosse Wexcombe Yarrowden".split()
_CITIES = "Aldersmouth Brackenfell Copperholt Drumlinton Eastharrow Fennimore Gorsebury Hollowmere".split()
_STREETS = "Lantern Saddlers Kestrel Millpond Orchard Ropewalk Tannery Weavers".split()
_DIAGNOSES = (
    ("E11.65", "sugar has been too high since the spring"),
    ("F41.1", "worries a great deal and sleeps badly"),
    ("I10", "pressure 160 over 95 at two visits"),
    ("J45.40", "coughs at night, worse in the cold"),
    ("K21.9", "burning after meals, antacids help a little"),
    ("M54.50", "back pain after lifting, no numbness"),
    ("N39.0", "third infection this year"),
    ("Z79.4", "injects twice a day, no problems told"),
)
_COMPLAINTS = (
    "always thirsty and up four times a night",
    "heart races before every meeting",
    "headaches in the morning and a red face",
    "cannot climb the stairs without a pause",
    "sour taste in the mouth after supper",
    "cannot bend down to tie shoes",
    "it burns and comes back each time",
    "sweating and shaking before lunch",
)


@dataclass(frozen=True)
class Person:
    """A patient. Field names are those of the payloads."""

    first_name: str
    last_name: str
    birth_date: str
    email: str
    phone: str
    insurance_number: str
    ssn: str
    password: str
    street: str
    city: str
    postal_code: str
    icd_code: str
    note: str
    complaint: str
    card_number: str
    card_expiry: str
    card_cvc: str

    def canaries(self) -> dict[str, str]:
        """Field to value, also of what is made of a value on the way."""
        return asdict(self) | {
            "card_last_four": self.card_number[-4:],
            "password_hash": hashed(self.password, self.email),
            "birth_year": f"born in {self.birth_date[:4]}",
        }


def everybody() -> list[Person]:
    """Eight people."""
    people = []
    for n, (first, last) in enumerate(zip(_FIRST, _LAST, strict=True)):
        code, note = _DIAGNOSES[n]
        people.append(
            Person(
                first,
                last,
                f"19{50 + 5 * n}-0{n + 1}-{11 + 2 * n}",
                f"{first}.{last}@example.test".lower(),
                f"+1 555 01{30 + 7 * n} {4410 + 13 * n}",
                f"KV{730518264 + 1979 * n}",
                f"{512 + 13 * n}-{41 + 3 * n}-{6207 + 211 * n}",
                f"{_STREETS[n].lower()}-{_CITIES[-n].lower()}-{n}",
                f"{17 + 6 * n} {_STREETS[n]} Row",
                _CITIES[n],
                f"{48213 + 677 * n}",
                code,
                note,
                _COMPLAINTS[n],
                _luhn(f"424242{310985217 + 7919 * n}"),
                f"0{n + 1}/{29 + n}",
                f"{318 + 71 * n}",
            )
        )
    return people


def _luhn(digits: str) -> str:
    """The digits with their check digit, as card numbers have it (ISO/IEC 7812-1)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)
