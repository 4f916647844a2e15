"""auditor.toml: what a team may decide. All mistakes are told at once, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar, cast

from auditor.annotations.readings import read_readings
from auditor.annotations.recognisers import read_recognisers
from auditor.annotations.tools import read_tools
from auditor.annotations.words import Word, read_words
from auditor.decisions import read_decisions
from auditor.declarations import SETTINGS as DECLARED
from auditor.declarations import read_declarations
from auditor.errors import ConfigError, UsageProblem
from auditor.exchanges import read_bindings, read_tokens
from auditor.outsiders import Known, read_outsiders
from auditor.telemetry.csv_layout import wrong_columns
from auditor.tomlfile import read_toml
from classifiers.decisions import Decision
from classifiers.model import FACETS, Facet
from classifiers.taxonomy import CATEGORIES, Category, nearest
from classifiers.tools import USUAL, Tools
from lineage.declarations import NOTHING, Declarations
from lineage.endpoints import Binding
from lineage.tokens import Token

DEFAULT_FILE = "auditor.toml"
_SETTINGS = {
    *("classify", "stores", "columns", "fields", "words", "recognisers", "taxonomy"),
    *("bindings", "tokens", "outsiders"),
    "serve",  # read by auditor.operation.settings
    *DECLARED,
}
_CLASSIFY = {"facets", "min_confidence", "categories", "phone_regions", "ner_model"}
_Placed = TypeVar("_Placed", Decision, Word, Binding, Token, Known)


@dataclass(frozen=True, slots=True)
class Config:
    """`facets` are the kinds of labels that make flows; `min_confidence` (0..1) is the least a label needs for that.

    `stores` renames stores: the auditor's name for one to yours, so that two ways of reaching a database are one.
    `decisions` are what people decided about fields; `words` the team's own words for categories; `categories` the
    team's own categories; `readings` how it reads the taxonomy; `tools` what it sets for the judging of values.
    `columns` says which column of CSV files of spans holds what (`trace_id = "TraceID"`). `bindings` tie exchanges to
    payload schemas, `tokens` tell what tokens carry, `outsiders` who the hosts outside are. `declarations` are what the
    record of processing needs and no telemetry can know.
    """

    facets: tuple[Facet, ...] = FACETS
    min_confidence: float = 0.5
    stores: Mapping[str, str] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    words: tuple[Word, ...] = ()
    categories: tuple[str, ...] = ()
    readings: tuple[Category, ...] = ()
    tools: Tools = USUAL
    columns: Mapping[str, str] = field(default_factory=dict)
    bindings: tuple[Binding, ...] = ()
    tokens: tuple[Token, ...] = ()
    outsiders: tuple[Known, ...] = ()
    declarations: Declarations = NOTHING


def config_file(path: str | None) -> Path | None:
    """The file that settings come from: `path`, or auditor.toml of the current folder when there is one."""
    file = Path(path or DEFAULT_FILE)
    return None if path is None and not file.exists() else file


def load_config(path: str | None) -> Config:
    """Read the settings. Raises ConfigError."""
    file = config_file(path)
    if file is None:
        return Config()
    found = read_toml(file)
    if found is None:
        raise ConfigError(f"{file}: cannot be read (no such file)")
    text, data = found
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
    columns = data.get("columns", {})
    if not isinstance(columns, dict) or not all(isinstance(header, str) for header in columns.values()):
        mistakes.append('[columns] must map what columns hold to their headers: trace_id = "TraceID"')
    else:
        mistakes += [f"[columns]: {mistake}" for mistake in wrong_columns(columns)]
    own, wrong = _own_categories(classify)
    decisions, wrong_decisions = read_decisions(data, text, own)
    words, wrong_words = read_words(data, text, own)
    recognisers, wrong_recognisers = read_recognisers(data, text, own)
    readings, wrong_readings = read_readings(data, text, own)
    tools, wrong_tools = read_tools(classify, recognisers)
    bindings, wrong_bindings = read_bindings(data, text)
    tokens, wrong_tokens = read_tokens(data, text, own)
    outsiders, wrong_outsiders = read_outsiders(data, text)
    declarations, wrong_declarations = read_declarations(data, text)
    mistakes += [*wrong, *wrong_decisions, *wrong_words, *wrong_recognisers, *wrong_readings, *wrong_tools]
    mistakes += [*wrong_bindings, *wrong_tokens, *wrong_outsiders, *wrong_declarations]
    if mistakes:
        raise ConfigError(f"{file}: " + "; ".join(mistakes))
    return Config(
        facets=tuple(cast(Facet, facet) for facet in facets),
        min_confidence=float(confidence),
        stores=stores,
        decisions=_in(file, decisions),
        words=_in(file, words),
        categories=own,
        readings=readings,
        tools=tools,
        columns=columns,
        bindings=_in(file, bindings),
        tokens=_in(file, tokens),
        outsiders=_in(file, outsiders),
        declarations=declarations,
    )


def _in(file: Path, entries: tuple[_Placed, ...]) -> tuple[_Placed, ...]:
    """The entries with the file in their place."""
    return tuple(replace(entry, place=f"{file.name} {entry.place}") for entry in entries)


def with_columns(config: Config, text: str | None) -> Config:
    """The settings with a command line's `trace_id=TraceID,service=PodName` in place. Raises UsageProblem."""
    if text is None:
        return config
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    named = {key.strip(): header.strip() for key, _, header in pairs}
    if mistakes := wrong_columns(named):
        raise UsageProblem(f"--columns: {'; '.join(mistakes)}")
    return replace(config, columns={**config.columns, **named})


def _own_categories(classify: Mapping[str, Any]) -> tuple[tuple[str, ...], list[str]]:
    """The team's own categories: each lies below a known one, from which it has its sensitivity."""
    keys = classify.get("categories", [])
    wrong = ['classify.categories must be a list of keys below known ones, such as "user.contact.fax"']
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        return (), wrong
    if any(not nearest(key).key or key.strip(".") != key or ".." in key for key in keys):
        return (), wrong
    return tuple(dict.fromkeys(key for key in keys if key not in CATEGORIES)), []
