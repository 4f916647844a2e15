"""Settings of `[classify]` for the judging of values: phone regions and a language model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.errors import ConfigError
from classifiers import ner
from classifiers.phones import REGIONS, is_region
from classifiers.tools import Recogniser, Tools


def read_tools(classify: Mapping[str, Any], recognisers: tuple[Recogniser, ...]) -> tuple[Tools, list[str]]:
    """The tools that a parsed `[classify]` sets, and all mistakes in them."""
    mistakes = []
    regions = classify.get("phone_regions", list(REGIONS))
    if not isinstance(regions, list) or not regions or not all(isinstance(r, str) and is_region(r) for r in regions):
        mistakes.append('classify.phone_regions must be a list of country codes such as "CH"')
        regions = list(REGIONS)
    model = classify.get("ner_model")
    if model is not None and (not isinstance(model, str) or not model.strip()):
        mistakes.append("classify.ner_model must be the name or the folder of an installed spaCy model")
        model = None
    return Tools(recognisers, tuple(dict.fromkeys(regions)), model), mistakes


def load_model(tools: Tools) -> None:
    """Load the language model that the settings name, if any, before values are judged. Raises ConfigError."""
    if tools.ner_model is None:
        return
    try:
        ner.load(tools.ner_model)
    except ner.ModelUnavailable as problem:
        raise ConfigError(f"classify.ner_model: {problem}") from None
