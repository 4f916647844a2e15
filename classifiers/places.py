"""Whether a value reads like a street, an address, a postal code or a pair of coordinates."""

from __future__ import annotations

import re

from classifiers.wordlists import fold

# Words for streets, as folded: before the name in Romance languages and Polish, at its end in Germanic ones.
_BEFORE = (
    r"(?:rue|avenue|boulevard|chemin|place|allee|impasse|quai|route|cours|calle|avenida|avda\.?|av\.|c\.|plaza|paseo|camino|"
    r"carrera|ronda|rambla|callejon|cuesta|glorieta|pasaje|urbanizacion|alameda|via|viale|piazza|corso|vicolo|strada|largo|"
    r"contrada|borgo|retorno|privada|cerrada|andador|bulevar|calzada|bulevardul|soseaua|aleea|intrarea|splaiul|namesti|rua|travessa|praca|estrada|rodovia|ladeira|ul\.|ulica|al\.|aleja|plac|pl\.|os\.)"
)
_AFTER = (
    r"(?:stra(?:ss|s)e|str\.|gasse|allee|weg|platz|ring|damm|ufer|straat|laan|steeg|plein|dreef|kade|gracht|singel|hof|dijk|"
    r"gatan|vagen|vej|veien|veg|gade|gata|gaten|gate|stien|katu|tie|kuja|polku)"
)
_ENGLISH = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|boulevard|blvd|way|terrace|close|crescent|square|sq|parkway|"
    r"pkwy|highway|hwy|circle|trail|place|row|mews|walk|grove|gardens|hill|bridge|quays?|esplanade|parade|bypass|vale|green|heights|pass|path|view|marg|nagar)"
)
_STREET = re.compile(
    rf"[\w.'\- ]{{2,50}} (?:caddesi|sokagi|sokak|bulvari|cad\.|sok\.) (?:no:? ?)?\d{{1,5}}.{{0,30}}|"
    rf"(?:\d{{1,5}}\w?,? (?:bis |ter )?)?{_BEFORE} .{{2,60}}|"
    rf"[\w.'\- ]{{2,50}}{_AFTER} \d{{1,5}}.{{0,30}}|"
    rf"(?:(?:flat|studio|unit) \w{{1,5}},? )?\d{{1,6}}\w?,? [\w.'\- ]{{2,40}} {_ENGLISH}\b.{{0,40}}"
)
_NUMBERED = re.compile(
    r"(?:\w+ \w{1,4},? )?\d{1,6}[A-Za-z]?,? [A-Z][\w.'\-]+(?: [A-Z][\w.'\-]*| \d+){0,5}|"
    r"[A-Z][\w.'\- ]{2,50},? \d{1,5}[A-Za-z]?(?:[/\-]\d+)?"
)
_CODE = r"(?:\d{4,6}|\d{5}-\d{3,4}|\d{2}-\d{3}|\d{4}-\d{3}|\d{4} ?[A-Z]{2}|[A-Z]{1,2}\d[A-Z\d]{0,2} ?\d[A-Z]{2})"
_HAS_CODE = re.compile(rf"(?<![\w\-]){_CODE}(?![\w\-])")
POSTCODES = tuple(
    re.compile(code)
    for code in (
        r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}",  # GB
        r"[A-Z]{1,2}\d{1,2}[A-Z]? \d[A-Z]{2}",
        r"\d{4} ?[A-Z]{2}",  # NL
        r"[A-Z]\d[A-Z] ?\d[A-Z]\d",  # CA
        r"\d{5}-\d{3}|\d{8}(?=-)",  # BR
        r"\d{2}-\d{3}",  # PL
        r"\d{4}-\d{3}",  # PT
        r"\d{3} \d{2}",  # CZ, GR, SE, SK
        r"(?:[A-Z]\d{2}|D6W) ?[A-Z\d]{4}",  # IE
        r"\d{5}-\d{4}",  # US, the long form
        r"[A-Z]{1,2}-\d{4,5}",  # with the country before it
    )
)


def is_street(text: str) -> bool:
    """Has a word for a street where streets have it, in one of ten languages."""
    return len(text) < 120 and _STREET.match(fold(text)) is not None and any(map(str.isdigit, text))


def is_street_like(text: str) -> bool:
    """A house number and capitalised words, in either order; or a word for a street without a number."""
    return len(text) < 160 and (_NUMBERED.match(text) is not None or _STREET.match(fold(text)) is not None)


def _parts(text: str) -> list[str]:
    return [part for part in re.split(r"[,;\n]\s*", text) if part.strip()]


def is_address(text: str) -> bool:
    """Two parts or more, one of them like a street, another with a postal code."""
    pieces = _parts(text) if len(text) < 200 else []
    if len(pieces) < 2 or len(text) < 15:
        return False
    coded = any(_HAS_CODE.search(piece) for piece in pieces[1:])
    return coded and (is_street_like(text) or is_street_like(pieces[0]))


def is_address_like(text: str) -> bool:
    """Two parts or more, words and digits."""
    return 10 < len(text) < 200 and len(_parts(text)) > 1 and any(map(str.isdigit, text)) and "{" not in text
