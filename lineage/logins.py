"""What a session may hold: who logs people in, and who gets a session or token of it from the browser again.

A token travels in a header or cookie that instrumentation seldom shows. What is in it is told by configuration; without
that, what the log-in read about the person may be in it (the claims of an OpenID Connect token).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from lineage.access import Touch
from lineage.contracts import Item, is_identity
from lineage.direct import FieldCategories
from lineage.hops import Contracts, received_by, request_of
from lineage.model import Operation
from lineage.system import Exchange, Key

CREDENTIAL = "user.authorization"
_NAMED = re.compile(r"(?<![a-z])(?:log[-_ ]?in|sign[-_ ]?in|auth|authenticate|session|token)", re.IGNORECASE)


def logins(
    touches: Sequence[Touch],
    fields: FieldCategories,
    exchanges: Sequence[Exchange],
    keys: Mapping[tuple[str, Key], Sequence[str]],
    contracts: Contracts,
) -> dict[Operation, frozenset[Item]]:
    """By operation that logs people in: what it read of their identity.

    It is asked with a credential, or named for it; it reads or compares one without writing it, and reads names or ids
    of the same table.
    """
    asked = _asked_with_credentials(exchanges, keys, contracts)
    credentials: dict[Operation, dict[bool, set[str]]] = defaultdict(lambda: {True: set(), False: set()})
    read: dict[Operation, set[tuple[str, Item]]] = defaultdict(set)
    for touch in touches:
        operation, table = touch.use.operation, touch.field.rpartition(".")[0]
        if operation not in asked and not _NAMED.search(operation.name):
            continue
        for category in fields.get(touch.field, ()):
            if _within(category, (CREDENTIAL,)):
                credentials[operation][touch.role == "written"].add(table)
            elif touch.returned and is_identity(Item(category)):
                read[operation].add((table, Item(category, touch.field)))
    result = {}
    for operation, tables in credentials.items():
        checked = tables[False] - tables[True]
        items = frozenset(item for table, item in read[operation] if table in checked)
        if items:
            result[operation] = items
    return result


def _asked_with_credentials(
    exchanges: Sequence[Exchange], keys: Mapping[tuple[str, Key], Sequence[str]], contracts: Contracts
) -> set[Operation]:
    found = set()
    for exchange in exchanges:
        receiver, carries = received_by(exchange), request_of(exchange, contracts)
        shown = {c for key in exchange.keys if not key.in_answer for c in keys.get((exchange.id, key), ())}
        shown |= {leaf.category for leaf in carries.leaves} if carries is not None else set()
        if receiver is not None and any(_within(category, (CREDENTIAL,)) for category in shown):
            found.add(receiver)
    return found


def sessions(
    identities: Mapping[Operation, frozenset[Item]], exchanges: Sequence[Exchange]
) -> dict[Operation, frozenset[Item]]:
    """By operation that unseen clients call: what their session may hold.

    The service whose client logged in, at first hand or through others, gets the session back with later requests.
    """
    entries = {receiver for e in exchanges if e.caller is None and (receiver := received_by(e)) is not None}
    reached: dict[Operation, set[Item]] = defaultdict(set)
    for operation, items in identities.items():
        reached[operation] |= items
    changed = True
    while changed:
        changed = False
        for exchange in exchanges:
            receiver = received_by(exchange)
            if exchange.mode == "call" and exchange.caller is not None and receiver in reached:
                new = reached[receiver] - reached[exchange.caller]
                reached[exchange.caller] |= new
                changed = changed or bool(new)
    by_service: dict[str, set[Item]] = defaultdict(set)
    for operation in entries & set(reached):
        by_service[operation.service] |= reached[operation]
    return {entry: frozenset(by_service[entry.service]) for entry in sorted(entries) if by_service[entry.service]}


def _within(category: str, parents: Sequence[str]) -> bool:
    return any(category == parent or category.startswith(parent + ".") for parent in parents)
