"""What the payload schema of an exchange lets through, in categories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lineage.model import EVIDENCE, EvidenceLevel

Level = int  # a place in EVIDENCE: 0 is the strongest
OBSERVED, DECLARED, POSSIBLE = (EVIDENCE.index(word) for word in EVIDENCE)
# Categories whose kinds are different things: an amount is no account number, a token no password.
_DISTINCT = ("user", "system", "user.account", "user.authorization", "user.behavior", "user.device", "user.financial")
# Categories of the claims that tokens name a person by: sub, name, preferred_username, email.
IDENTITY = ("user.name", "user.account", "user.unique_id", "user.contact.email")
SECRETS = ("user.authorization", "system.authentication")
SHORTEST_SHARED = 4  # letters that two names must share at their ends to count as the same name


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """A category in hand; `field` is where it came from or is going to, when known."""

    category: str
    field: str | None = None


Hand = Mapping[Item, Level]  # what a party holds, and how sure that is


@dataclass(frozen=True, slots=True, order=True)
class Leaf:
    """A field of a payload schema with a category of personal data. `line` is 1-based, 0 when unknown."""

    category: str
    path: str
    source: str = ""
    line: int = 0

    @property
    def place(self) -> str:
        """File, line and path, as a finding points at it."""
        file = f"{self.source}:{self.line}" if self.line else self.source
        return f"{self.path} ({file})" if file else self.path


@dataclass(frozen=True, slots=True)
class Carries:
    """What a payload can carry: its labelled leaves; `open` when it may hold things that it does not declare."""

    leaves: tuple[Leaf, ...] = ()
    open: bool = False


NOTHING = Carries()


@dataclass(frozen=True, slots=True)
class Contract:
    """The schema of an exchange, each way; None where nothing is said about a way.

    `name` is the endpoint's, `source` the file that declares it.
    """

    name: str
    request: Carries | None = NOTHING
    response: Carries | None = NOTHING
    source: str = ""
    line: int = 0

    @property
    def place(self) -> str:
        """The endpoint, with the file and line that declare it."""
        file = f"{self.source}:{self.line}" if self.line else self.source
        return f"{self.name} ({file})" if file else self.name


@dataclass(frozen=True, slots=True)
class Passed:
    """How something got through: how sure that is, and by which leaf when a schema has one for it."""

    level: Level
    leaf: Leaf | None = None


def passed(hand: Hand, carries: Carries | None) -> dict[Item, Passed]:
    """What of `hand` an exchange can carry. `carries` None: no schema says, so all of it is possible.

    Secrets are compared where they are read, so one that was perhaps passed on is not passed on again.
    Where a column has the name of the schema's field, only that column counts for it, not others of its category.
    """
    hand = {item: level for item, level in hand.items() if level < POSSIBLE or not is_secret(item)}
    if carries is None:
        return dict.fromkeys(hand, Passed(POSSIBLE))
    found: dict[Item, Passed] = {}
    for leaf in carries.leaves:
        fitting = [item for item in hand if related(item.category, leaf.category)]
        same = [item for item in fitting if item.field and same_name(item.field, leaf.path)]
        for item in [*same, *(item for item in fitting if item.field is None)] if same else fitting:
            through = Item(max(item.category, leaf.category, key=len), item.field)
            level = max(hand[item], DECLARED)
            if through not in found or found[through].level > level:
                found[through] = Passed(level, leaf)
    if carries.open:
        for item in hand:
            if not any(other.field == item.field and related(other.category, item.category) for other in found):
                found[item] = Passed(POSSIBLE)
    return found


def declared(carries: Carries) -> dict[Item, Passed]:
    """All that a payload can carry, for a sender whose own sources cannot be seen."""
    return {Item(leaf.category): Passed(DECLARED, leaf) for leaf in carries.leaves}


def merge(into: dict[Item, Level], items: Iterable[tuple[Item, Level]]) -> bool:
    """Add items, the stronger level winning. True when that changed anything."""
    changed = False
    for item, level in items:
        if into.get(item, POSSIBLE + 1) > level:
            into[item] = level
            changed = True
    return changed


def is_identity(item: Item) -> bool:
    """Whether an item tells who somebody is, as a session does."""
    return any(item.category == key or item.category.startswith(key + ".") for key in IDENTITY)


def is_secret(item: Item) -> bool:
    """Whether an item is a password, key or the like."""
    return item.category.startswith(SECRETS)


def related(one: str, other: str) -> bool:
    """Whether two categories are the same, or one is a part or kind of the other that may stand for it."""
    shorter, longer = sorted((one, other), key=len)
    return one == other or (longer.startswith(shorter + ".") and shorter not in _DISTINCT)


def same_name(field: str, path: str) -> bool:
    """Whether a column and a payload's field have the same name, whatever its style: `first_name`, `firstName`."""
    column, leaf = _folded(field), _folded(path)
    shorter, longer = sorted((column, leaf), key=len)
    return column == leaf or (len(shorter) >= SHORTEST_SHARED and longer.endswith(shorter))


def _folded(name: str) -> str:
    return "".join(c for c in name.rpartition(".")[2].lower() if c.isalnum())


def word(level: Level) -> EvidenceLevel:
    """The level's word."""
    return EVIDENCE[level]
