"""The trees that spans form by their parents, walked in whole numbers, all spans at a time.

Spans go by their index, 0 to n - 1; where there is none, -1 stands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditor.telemetry.columns import Flags, Ints

NONE = -1
_MOST_CONTEXTS_DEEP = 65
_MOST_WRAPPED = 8  # spans between a database span and one that wraps it


@dataclass(frozen=True, slots=True)
class Facts:
    """What the walks ask of a row, each an array by the row's number. Texts are numbered; NONE where there is none."""

    service: Ints
    is_server: Flags
    is_consumer: Flags
    is_caller: Flags  # client or producer
    is_access: Flags  # a database span
    statement: Ints


@dataclass(frozen=True, slots=True)
class Tree:
    """Spans, each with its parent and its row."""

    parent: Ints
    row: Ints
    facts: Facts

    def of_parent(self, values: Ints, missing: int) -> Ints:
        """What `values` says of each span's parent; `missing` where it has none."""
        found: Ints = np.where(self.parent >= 0, values[self.parent], missing)
        return found

    def entries(self) -> Flags:
        """Which spans begin a handling: a server or consumer span, or a local root.

        A server span directly inside its own service's server span is the same handling, seen by two instrumentations.
        """
        facts, above = self.facts, self.row[self.parent]
        found: Flags = (
            (self.parent < 0)
            | (facts.service[self.row] != facts.service[above])
            | facts.is_consumer[self.row]
            | (facts.is_server[self.row] & facts.is_caller[above])
        )
        return found

    def handlers(self, entry: Flags) -> Ints:
        """For each span the entry to whose handling it belongs: the nearest at or above it.

        Spans in a cycle of parents, or below one, reach none: each stands for itself, so that none is lost.
        """
        handler = np.where(entry, np.arange(len(entry)), self.parent)
        for _ in range(len(entry).bit_length()):  # each turn doubles the way that was gone
            further = handler[handler]
            if np.array_equal(further, handler):
                break
            handler = further
        lost = np.flatnonzero(~entry[handler])
        handler[lost] = lost
        return handler

    def answered(self, entry: Flags) -> Flags:
        """Which spans have a child that shows the call again: the callee's span, or a library's further down."""
        shows = entry | (self.facts.is_caller[self.row] & ~self.facts.is_access[self.row])
        found = np.zeros(len(entry), np.bool_)
        found[self.parent[shows & (self.parent >= 0)]] = True
        return found

    def wrappers(self, entry: Flags) -> Flags:
        """Which database spans only wrap another: one below them runs the same statement, or they name none."""
        access, statement = self.facts.is_access[self.row], self.facts.statement[self.row]
        leaf = np.flatnonzero(access & (self.parent >= 0) & ~entry)
        at = self.parent[leaf]
        found = np.zeros(len(entry), np.bool_)
        for _ in range(_MOST_WRAPPED):
            same = (statement[at] == NONE) | (statement[at] == statement[leaf])
            found[at[access[at] & same & (at != leaf)]] = True
            goes_on = (self.parent[at] >= 0) & ~entry[at]
            leaf, at = leaf[goes_on], self.parent[at[goes_on]]
        return found


def first_callers(caller: Ints) -> Ints:
    """For each handler the one with which its chain of callers begins: itself where nobody called, NONE in a cycle."""
    first = np.where(caller >= 0, caller, np.arange(len(caller)))
    for _ in range(len(caller).bit_length()):
        further = first[first]
        if np.array_equal(further, first):
            break
        first = further
    return np.where(caller[first] < 0, first, NONE)


@dataclass(frozen=True, slots=True)
class Contexts:
    """The calling-context tree: `of` says for each span that handles something in which context it does (else NONE).

    `parent` and `work` are the context above and what is done, by the context's number.
    """

    of: Ints
    parent: Ints
    work: Ints


def contexts(handlers: Ints, caller: Ints, work: Ints) -> Contexts:
    """The contexts of `handlers` (indices of spans): paths of `work` from handlings that nobody called.

    `caller` and `work` are by span: who called a handler, and the number of what it does. Level by level, down to 65.
    """
    of = np.full(len(caller), NONE, np.int64)
    parents: list[Ints] = []
    works: list[Ints] = []
    width = int(work.max(initial=0)) + 1
    count, rest, ready = 0, handlers, caller[handlers] < 0
    for _ in range(_MOST_CONTEXTS_DEEP):
        now = rest[ready]
        if not len(now):
            break
        above = np.where(caller[now] >= 0, of[caller[now]], NONE)
        distinct, which = np.unique((above + 1) * width + work[now], return_inverse=True)
        of[now] = count + which
        parents.append(distinct // width - 1)
        works.append(distinct % width)
        count += len(distinct)
        rest = rest[~ready]
        ready = of[caller[rest]] >= 0
    none: list[Ints] = [np.zeros(0, np.int64)]
    return Contexts(of, np.concatenate(parents or none), np.concatenate(works or none))
