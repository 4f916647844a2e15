"""A peer over columns of values, in an environment of its own: python fields_peer.py TOOL COLUMNS.jsonl

Tools: presidio (all default recognisers, no model), presidio-structured (most common entity of a column). Prints one
JSON object: `said` (an entity for each column, or null) and `rate` (values a second of CPU time).
"""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from collections import Counter
from typing import Any

import tldextract
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NoOpNlpEngine

_NO_DATA = {"DATE_TIME", "URL", "UUID"}


def engine() -> AnalyzerEngine:
    """Presidio as it comes, but for the language model."""
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    nlp = NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "no_op"}])
    nlp.load()
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"])
    registry.remove_recognizer("SpacyRecognizer")
    return AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["en"])


def stock(analyzer: AnalyzerEngine, values: list[str]) -> str | None:
    """The entity that at least half of the values are said to hold, at a score of 0.4 or more."""
    found: Counter[str] = Counter()
    for value in values:
        found.update({hit.entity_type for hit in analyzer.analyze(text=value, language="en", score_threshold=0.4)})
    named = [(entity, count) for entity, count in found.most_common() if count * 2 >= len(values)]
    return next((entity for entity, _ in sorted(named, key=lambda pair: pair[0] in _NO_DATA)), None)


def structured(builder: Any, values: list[str]) -> str | None:
    """What presidio-structured says of the column."""
    import pandas

    said = builder.generate_analysis(pandas.DataFrame({"col": values}), n=len(values)).entity_mapping
    return said.get("col")


def main(tool: str, path: str) -> None:
    """Judge every column of the file."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    analyzer = engine()
    builder: Any = None
    if tool == "presidio-structured":
        from presidio_structured import PandasAnalysisBuilder

        builder = PandasAnalysisBuilder(analyzer=analyzer)
    with open(path, encoding="utf-8") as lines:
        columns = [[value for value in json.loads(line)["values"] if value] for line in lines]
    stock(analyzer, ["warm up"])
    start = time.process_time()
    said = [structured(builder, values) if builder else stock(analyzer, values) for values in columns]
    rate = sum(map(len, columns)) / (time.process_time() - start)
    sys.stdout.write(json.dumps({"said": said, "rate": rate}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
