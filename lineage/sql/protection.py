"""Functions after which a value is no longer the value: digests, ciphers and masks; parts of it; counts and tests."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from sqlglot import exp

from lineage.sql.relations import KEPT, Kept, Origin

# Names as databases and their extensions spell them, and as sqlglot names its classes.
_MASKS = re.compile(
    r"md[245]\w*|sha\d*\w*|\w*digest|hmac|crypt|hash|hashbytes|\w+_hash(?:64)?|standardhash|checksum|crc32\w*|"
    r"farm_?fingerprint|xx_?hash\w*|murmur\w*|cityhash\w*|siphash\w*|metrohash\w*|(?:aes_|des_|pgp_\w+_)?encrypt\w*|"
    r"tokeni[sz]e|mask\w*|redact\w*|anon\w*|pseudonymi[sz]e\w*|scramble\w*",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"substr\w*|left|right|overlay|split_?part|regexp_?(?:extract|substr|replace)|extract|date_?part|year|month|"
    r"(?:date|timestamp|datetime)_?trunc",
    re.IGNORECASE,
)
_COUNTS = (exp.Count, exp.CountIf, exp.Sum, exp.Avg, exp.Stddev, exp.Variance, exp.ApproxDistinct)
_TESTS = (exp.Predicate, exp.Not, exp.Length)


def kept_by(node: exp.Expr) -> Kept:
    """What is left of the columns in a node's arguments when the node is done with them."""
    if isinstance(node, (*_COUNTS, *_TESTS)):
        return "nothing"
    if not isinstance(node, exp.Func):
        return "whole"
    name = node.name if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc) else type(node).__name__
    if _MASKS.fullmatch(name):
        return "mask"
    return "part" if _PARTS.fullmatch(name) else "whole"


def weakened(origins: Iterable[Origin], kept: Kept) -> frozenset[Origin]:
    """The origins with no more kept of them than `kept`."""
    return frozenset(replace(o, kept=kept) if KEPT.index(kept) > KEPT.index(o.kept) else o for o in origins)
