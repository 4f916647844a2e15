"""Which statements share a database session, as far as telemetry tells, and what that means for temporary tables.

Spans seldom name connections. What one operation of one service does against one store is taken for one session: it
mostly holds one connection. Other operations and other services may use the same name for something else.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from lineage.system import StatementUse

_NAME = r"((?:[\w$]+\.)*[#@\"`\[]*\w+)"
_MADE = re.compile(
    r"\b(?:TEMP(?:ORARY)?\s+(?:TABLE|VIEW)|INTO\s+TEMP(?:ORARY)?(?:\s+TABLE)?)\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    + _NAME
    + r"|(?<![\w#@])(#{1,2}\w+)|\bDECLARE\s+(@\w+)\s+(?:AS\s+)?TABLE\b",
    re.IGNORECASE,
)
_CHANGES = re.compile(r"\s*(?:INSERT|MERGE|UPDATE|WITH|SELECT|CREATE|DECLARE)\b", re.IGNORECASE)
_MOST = 20  # statements that make or fill temporary tables, of one session


def earlier(uses: Sequence[StatementUse]) -> dict[int, tuple[str, ...]]:
    """For uses that may meet a temporary table, by position: the texts of their session that made and filled it.

    A session's order is that in which telemetry first showed its statements.
    """
    sessions: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    names: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for position, use in enumerate(uses):
        if use.shape is None:
            continue
        session = (use.operation.service, use.operation.name, use.store)
        sessions[session].append(position)
        names[session].update(_made(use.shape))
    found: dict[int, tuple[str, ...]] = {}
    for session, made in names.items():
        if made:
            found.update(_earlier(uses, sessions[session], made))
    return found


def _made(shape: str) -> set[str]:
    """The last names of temporary tables that a text may make."""
    names = {next(filter(None, match.groups())) for match in _MADE.finditer(shape)}
    return {name.rpartition(".")[2].strip('"`[').lower() for name in names}


def _earlier(uses: Sequence[StatementUse], members: list[int], made: set[str]) -> Mapping[int, tuple[str, ...]]:
    named = re.compile(rf"(?<![\w#@])(?:{'|'.join(map(re.escape, sorted(made)))})\b", re.IGNORECASE)
    texts = {at: uses[at].shape or "" for at in members}
    meeting = sorted((at for at in members if named.search(texts[at])), key=lambda at: (uses[at].seen.first, at))
    makers = [at for at in meeting if _CHANGES.match(texts[at]) and _fills(texts[at], made)][:_MOST]
    found = {}
    for at in meeting:
        end = makers.index(at) if at in makers else len(makers)
        before = tuple(dict.fromkeys(texts[maker] for maker in makers[:end]))
        if before:
            found[at] = before
    return found


def _fills(shape: str, made: set[str]) -> bool:
    if _made(shape) & made:
        return True
    target = re.search(r"\bINTO\s+" + _NAME, shape, re.IGNORECASE)
    return target is not None and target[1].rpartition(".")[2].strip('"`[').lower() in made
