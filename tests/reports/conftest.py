"""Audits to report on: a small web shop, and the same shop with every name made hostile."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from lineage.audit import Audit
from reports.audit_json import loads

HERE = Path(__file__).parent
Poison = Callable[..., Audit]


@pytest.fixture(scope="session")
def sample_file() -> Path:
    """The web shop's audit as a file."""
    return HERE / "sample_audit.json"


@pytest.fixture(scope="session")
def sample(sample_file: Path) -> Audit:
    """The web shop's audit."""
    return loads(sample_file.read_text())


@pytest.fixture(scope="session")
def shuffled(sample: Audit) -> Audit:
    """The same audit with each list in another order."""
    turned = {f.name: getattr(sample, f.name) for f in fields(sample)}
    mixed = {k: tuple(random.Random(7).sample(v, len(v))) for k, v in turned.items() if isinstance(v, tuple)}
    return replace(sample, **mixed)


@pytest.fixture(scope="session")
def poison() -> Poison:
    """A function that appends text to every free string of an audit, but for the fields to spare."""

    def apply(audit: Audit, text: str, spare: Collection[str] = ()) -> Audit:
        return poisoned(audit, Audit, text, {*spare, "format"})

    return apply


def poisoned(value: Any, hint: Any, text: str, spare: Collection[str]) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        hints = get_type_hints(type(value))
        kept = {name: getattr(value, name) for name in hints}
        return replace(value, **{n: v if n in spare else poisoned(v, hints[n], text, spare) for n, v in kept.items()})
    if isinstance(value, tuple):
        return tuple(poisoned(item, get_args(hint)[0], text, spare) for item in value)
    free = hint is str or str in get_args(hint)  # a Literal's words are closed, and checked on reading
    return value + text if isinstance(value, str) and free else value
