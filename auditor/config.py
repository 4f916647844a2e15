"""auditor.toml: what a team may decide. All mistakes are told at once, each with its place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from auditor.errors import ConfigError
from classifiers.model import FACETS, Facet

DEFAULT_FILE = "auditor.toml"
DEFAULT_LOCK = ".dataflow/flows.lock.json"


@dataclass(frozen=True, slots=True)
class Config:
    """`facets` are the kinds of labels that make flows; `min_confidence` (0..1) is the least a label needs for that.

    `stores` renames stores: the auditor's name for one to yours, so that two ways of reaching a database are one.
    """

    facets: tuple[Facet, ...] = FACETS
    min_confidence: float = 0.5
    stores: Mapping[str, str] = field(default_factory=dict)


def load_config(path: str | None) -> Config:
    """Read `path`, or auditor.toml of the current folder when there is one. Raises ConfigError."""
    file = Path(path or DEFAULT_FILE)
    if path is None and not file.exists():
        return Config()
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{file}: is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: is not TOML: {error}") from None
    return _config(file, data)


def _config(file: Path, data: dict[str, Any]) -> Config:
    mistakes = [f"unknown setting '{key}'" for key in sorted(set(data) - {"classify", "stores"})]
    classify = data.get("classify", {})
    if not isinstance(classify, dict):
        mistakes.append("[classify] must be a table")
        classify = {}
    mistakes += [f"unknown setting 'classify.{key}'" for key in sorted(set(classify) - {"facets", "min_confidence"})]
    facets = classify.get("facets", list(FACETS))
    if not isinstance(facets, list) or not facets or not set(map(str, facets)) <= set(FACETS):
        mistakes.append(f"classify.facets must be a list of: {', '.join(FACETS)}")
    confidence = classify.get("min_confidence", 0.5)
    if isinstance(confidence, bool) or not isinstance(confidence, (int, float)) or not 0 <= confidence <= 1:
        mistakes.append("classify.min_confidence must be a number from 0 to 1")
    stores = data.get("stores", {})
    if not isinstance(stores, dict) or not all(isinstance(name, str) and name for name in stores.values()):
        mistakes.append('[stores] must map store names to names: "db-1/app" = "orders"')
    if mistakes:
        raise ConfigError(f"{file}: " + "; ".join(mistakes))
    return Config(tuple(cast(Facet, facet) for facet in facets), float(confidence), stores)
