"""auditor.toml: what a team may decide. All mistakes are told at once, each with its place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from auditor.annotations.readings import read_readings
from auditor.annotations.recognisers import read_recognisers
from auditor.annotations.tools import read_tools
from auditor.annotations.words import Word, read_words
from auditor.decisions import read_decisions
from auditor.errors import ConfigError
from classifiers.decisions import Decision
from classifiers.model import FACETS, Facet
from classifiers.taxonomy import CATEGORIES, Category, nearest
from classifiers.tools import USUAL, Tools

DEFAULT_FILE = "auditor.toml"
DEFAULT_LOCK = ".dataflow/flows.lock.json"
_SETTINGS = {"classify", "stores", "fields", "words", "recognisers", "taxonomy"}
_CLASSIFY = {"facets", "min_confidence", "categories", "phone_regions", "ner_model"}


@dataclass(frozen=True, slots=True)
class Config:
    """`facets` are the kinds of labels that make flows; `min_confidence` (0..1) is the least a label needs for that.

    `stores` renames stores: the auditor's name for one to yours, so that two ways of reaching a database are one.
    `decisions` are what people decided about fields; `words` the team's own words for categories; `categories` the
    team's own categories; `readings` how it reads the taxonomy; `tools` what it sets for the judging of values.
    """

    facets: tuple[Facet, ...] = FACETS
    min_confidence: float = 0.5
    stores: Mapping[str, str] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    words: tuple[Word, ...] = ()
    categories: tuple[str, ...] = ()
    readings: tuple[Category, ...] = ()
    tools: Tools = USUAL


def load_config(path: str | None) -> Config:
    """Read `path`, or auditor.toml of the current folder when there is one. Raises ConfigError."""
    file = Path(path or DEFAULT_FILE)
    if path is None and not file.exists():
        return Config()
    try:
        text = file.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{file}: is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: is not TOML: {error}") from None
    except RecursionError:
        raise ConfigError(f"{file}: is nested too deeply") from None
    return _config(file, data, text)


def _config(file: Path, data: dict[str, Any], text: str) -> Config:
    mistakes = [f"unknown setting '{key}'" for key in sorted(set(data) - _SETTINGS)]
    classify = data.get("classify", {})
    if not isinstance(classify, dict):
        mistakes.append("[classify] must be a table")
        classify = {}
    mistakes += [f"unknown setting 'classify.{key}'" for key in sorted(set(classify) - _CLASSIFY)]
    facets = classify.get("facets", list(FACETS))
    if not isinstance(facets, list) or not facets or not set(map(str, facets)) <= set(FACETS):
        mistakes.append(f"classify.facets must be a list of: {', '.join(FACETS)}")
    confidence = classify.get("min_confidence", 0.5)
    if isinstance(confidence, bool) or not isinstance(confidence, (int, float)) or not 0 <= confidence <= 1:
        mistakes.append("classify.min_confidence must be a number from 0 to 1")
    stores = data.get("stores", {})
    if not isinstance(stores, dict) or not all(isinstance(name, str) and name for name in stores.values()):
        mistakes.append('[stores] must map store names to names: "db-1/app" = "orders"')
    own, wrong = _own_categories(classify)
    decisions, wrong_decisions = read_decisions(data, text, own)
    words, wrong_words = read_words(data, text, own)
    recognisers, wrong_recognisers = read_recognisers(data, text, own)
    readings, wrong_readings = read_readings(data, text, own)
    tools, wrong_tools = read_tools(classify, recognisers)
    mistakes += [*wrong, *wrong_decisions, *wrong_words, *wrong_recognisers, *wrong_readings, *wrong_tools]
    if mistakes:
        raise ConfigError(f"{file}: " + "; ".join(mistakes))
    return Config(
        tuple(cast(Facet, facet) for facet in facets),
        float(confidence),
        stores,
        tuple(replace(decision, place=f"{file.name} {decision.place}") for decision in decisions),
        tuple(replace(word, place=f"{file.name} {word.place}") for word in words),
        own,
        readings,
        tools,
    )


def _own_categories(classify: Mapping[str, Any]) -> tuple[tuple[str, ...], list[str]]:
    """The team's own categories: each lies below a known one, from which it has its sensitivity."""
    keys = classify.get("categories", [])
    wrong = ['classify.categories must be a list of keys below known ones, such as "user.contact.fax"']
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        return (), wrong
    if any(not nearest(key).key or key.strip(".") != key or ".." in key for key in keys):
        return (), wrong
    return tuple(dict.fromkeys(key for key in keys if key not in CATEGORIES)), []
