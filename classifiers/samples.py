"""What a column's values show: decoys first, then checks of whole values, then Presidio, each put to the vote.

Values are counted and forgotten. A repeated value votes once, so that a repeated mistake does not confirm itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from classifiers import days, ner, people, phones, presidio
from classifiers.decoys import column_decoy, decoy, is_sequence
from classifiers.kinds import KINDS, WORDY, Kind
from classifiers.model import Facet
from classifiers.patterns import PHONE, PLACE, is_place
from classifiers.tools import USUAL, Tools
from classifiers.values import scan_text

_MOST = 500  # distinct values that are looked at
_LONGEST = 256  # characters of a value that are looked at by whole-value checks
_RECOGNISED = 20  # values that Presidio sees: it is slow
_QUORUM = 0.5
_PASS = 0.8  # of the values of a form that must pass its check
_IN_TEXT = 0.1  # share of texts with personal data inside that makes free text telling
# What stands where a value is missing, and what people type to try a form.
_FILLERS = frozenset(
    "null none nil nan n/a na - -- ? unknown undefined empty tbd test tests testing dummy sample example asdf qwerty "
    "abc xxx xx x todo foo bar baz 123 1234".split()
) | {"test test", "foo bar", "not available", "not specified"}
_PLACE_WORDS = frozenset("location position gps geo coordinates coords coordinate latlng latlong latlon".split())
_CITY_WORDS = frozenset("city town stadt wohnort ort ville ciudad cidade citta woonplaats plaats miasto".split())
_PHONE_WORDS = frozenset("phone telephone mobile cell fax tel msisdn telefon telefono whatsapp".split())
_CITY = Kind("user.contact.address.city", "read like names of cities", people.is_city_like, quorum=0.6, strength=0.7)


@dataclass(frozen=True, slots=True)
class Shown:
    """A category that `count` of `of` distinct values show; `says` completes the sentence "n of m values ...".

    `strength`, 0..1, is how much it tells when all values show it and no name does. `facet` None: the usual one.
    """

    category: str
    count: int
    of: int
    says: str
    strength: float = 0.9
    facet: Facet | None = None

    @property
    def share(self) -> float:
        return self.count / self.of

    @property
    def sentence(self) -> str:
        return f"{self.count} of {self.of} distinct values {self.says}"


@dataclass(frozen=True, slots=True)
class Sample:
    """The verdict on a column's values: categories shown, or the harmless kind most of them are."""

    of: int = 0
    shown: tuple[Shown, ...] = ()
    harmless: Shown | None = None
    wordy: bool = False


def judge(values: Sequence[str], words: Sequence[str] = (), tools: Tools = USUAL) -> Sample:
    """Judge a column by its values.

    `words` are those of its name, context for weak patterns; `tools` are a team's own. Fillers (`N/A`, `test`) have
    no vote. Raises ModelUnavailable.
    """
    texts = dict.fromkeys(text for value in values if (text := value.strip()))
    distinct = tuple(text for text in texts if text.lower() not in _FILLERS)[:_MOST]
    if not distinct:
        return Sample()
    size = len(distinct)
    if tools.recognisers and (own := _own(distinct, words, tools)):
        return Sample(size, (own,))
    births = days.births(distinct)
    if births >= _QUORUM * size:
        says = "are days spread over decades, as birth dates are"
        return Sample(size, (Shown("user.demographic.date_of_birth", births, size, says, 0.7),))
    harmless = _harmless(distinct)
    if harmless:
        return Sample(size, harmless=harmless)
    wordy = sum(text.count(" ") >= 3 and len(text) > 20 for text in distinct) * 2 >= size
    return Sample(size, tuple(_shown(distinct, frozenset(words), tools, wordy)), None, wordy)


def _own(distinct: Sequence[str], words: Sequence[str], tools: Tools) -> Shown | None:
    """The first of the team's own recognisers that explains enough of the values."""
    found = Counter(
        position for text in distinct for position in presidio.recognise_own(text, tools.recognisers, sorted(words))
    )
    for position, own in enumerate(tools.recognisers):
        if found[position] >= _QUORUM * len(distinct):
            says = f"are recognised as '{own.name}'"
            return Shown(own.category, found[position], len(distinct), says, facet=own.facet)
    return None


def _shown(distinct: Sequence[str], words: frozenset[str], tools: Tools, wordy: bool) -> Iterable[Shown]:
    short = [text for text in distinct if len(text) <= _LONGEST]
    for kind in KINDS:
        if kind.category == PHONE:
            kind = _phones(kind, words, tools.regions)
        if vote := _vote(kind, short, len(distinct)):
            return [vote]
    if words & _PLACE_WORDS and (places := sum(map(is_place, short))) >= _QUORUM * len(distinct):
        return [Shown(PLACE, places, len(distinct), "are pairs of latitude and longitude")]
    if told := _told(short, len(distinct), words):
        return [told]
    return [*_inside(distinct), *_named(distinct, tools)] if wordy else _recognised(distinct, words)


def _phones(kind: Kind, words: frozenset[str], regions: Sequence[str]) -> Kind:
    if words & _PHONE_WORDS:  # a name that says so makes bare digits a phone number
        return replace(kind, sure=phones.is_digits, like=None)
    return replace(kind, sure=partial(phones.is_phone, regions=regions))


def _vote(kind: Kind, short: Sequence[str], size: int) -> Shown | None:
    if kind.form:
        short = [text for text in short if kind.form(text)]
        if len(short) < max(4, _QUORUM * size):
            return None
        sure = sum(bool(kind.sure(text)) for text in short)
        return Shown(kind.category, sure, size, kind.says, kind.strength) if sure >= _PASS * len(short) else None
    sure = sum(bool(kind.sure(text)) for text in short)
    alike = 0
    if sure < kind.least or sure < (kind.anchor if kind.like else kind.quorum) * size:
        return None
    if kind.like:
        alike = sum(bool(kind.like(text) or kind.sure(text)) for text in short)
        if alike < kind.quorum * size:
            return None
    return Shown(kind.category, max(sure, alike), size, kind.says, kind.strength)


def _told(short: Sequence[str], size: int, words: frozenset[str]) -> Shown | None:
    """What common words in the values tell: of the kinds that hold, the one most values are sure of."""
    if words & _CITY_WORDS and (vote := _vote(_CITY, short, size)):  # the name says so: few cities are well-known ones
        return vote
    held = [
        (vote, sum(bool(kind.sure(text)) for text in short)) for kind in WORDY if (vote := _vote(kind, short, size))
    ]
    return max(held, key=lambda pair: pair[1])[0] if held else None


def _harmless(distinct: Sequence[str]) -> Shown | None:
    kinds = Counter(kind for text in distinct if len(text) <= _LONGEST and (kind := decoy(text)))
    if kinds:
        kind, count = kinds.most_common(1)[0]
        if count > _QUORUM * len(distinct):  # of `M` and `F`, one is also a flag
            return Shown("", count, len(distinct), f"are {kind}")
    if of_column := column_decoy(distinct):
        return Shown("", of_column[1], len(distinct), f"are {of_column[0]}")
    return Shown("", len(distinct), len(distinct), "count up like generated keys") if is_sequence(distinct) else None


def _inside(distinct: Sequence[str]) -> list[Shown]:
    found = Counter(category for text in distinct for category in scan_text(text))
    enough = [(category, count) for category, count in found.items() if count >= _IN_TEXT * len(distinct)]
    return [Shown(category, count, len(distinct), "hold such data inside a text") for category, count in sorted(enough)]


def _named(distinct: Sequence[str], tools: Tools) -> list[Shown]:
    if tools.ner_model is None:
        return []
    naming, of = ner.with_people(distinct, tools.ner_model)
    if not of or naming < _IN_TEXT * of:
        return []
    return [Shown("user.name", naming, of, "name a person, says the language model")]


def _recognised(distinct: Sequence[str], words: frozenset[str]) -> list[Shown]:
    some = [text for text in distinct if re.search(r"\d", text)][:_RECOGNISED]
    if len(some) < _QUORUM * min(len(distinct), _RECOGNISED):
        return []  # every chosen recogniser needs digits
    found = Counter(category for text in some for category in presidio.recognise(text, sorted(words)))
    enough = [(category, count) for category, count in found.items() if count >= _QUORUM * len(some)]
    return [Shown(category, count, len(some), "are recognised by Presidio") for category, count in sorted(enough)]
