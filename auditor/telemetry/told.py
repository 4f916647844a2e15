"""What the pairs of a few keys tell of each of their owners, who are many and told few different things."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np

from auditor.telemetry.columns import Ints
from auditor.telemetry.flat import Coded, Owned
from auditor.telemetry.raw import Value

Told = dict[str, Value]


def told_by(owned: Owned, names: Collection[str]) -> Coded[Told]:
    """For each owner the attributes of these keys."""
    wanted = np.fromiter((*(name in names for name in owned.pairs.names), False), np.bool_)
    own = np.flatnonzero(wanted[owned.pairs.keys][owned.codes])
    owners = np.searchsorted(owned.begins, own, side="right") - 1
    codes = owned.codes[own]
    keys = owned.pairs.keys[codes]
    return told(len(owned.begins) - 1, owners, codes, keys, owned.pairs.names, owned.pairs.values)


def told(
    count: int, owners: Ints, codes: Ints, keys: Ints, names: Sequence[str], values: Callable[[Ints], list[Value]]
) -> Coded[Told]:
    """The same, of pairs `codes` with these keys and owners; of an owner's equal keys the last counts."""
    packed = np.zeros(count, np.int64)
    found: list[Told] = [{}]
    for key in np.unique(keys).tolist():
        mine = keys == key
        distinct, which = np.unique(codes[mine], return_inverse=True)
        column = np.zeros(count, np.int64)
        column[owners[mine]] = which.reshape(-1) + 1
        both, packed = np.unique(packed * (len(distinct) + 1) + column, return_inverse=True)
        contents = values(distinct)
        parts = (divmod(each, len(distinct) + 1) for each in both.tolist())
        found = [found[before] | ({names[key]: contents[place - 1]} if place else {}) for before, place in parts]
    return Coded(found, packed.reshape(-1))
