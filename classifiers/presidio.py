"""Presidio over single values: the recognisers our own checks do not replace, and a team's own. The only import of
presidio_analyzer.

Everything stays on this machine: no language model (the NoOp engine), a chosen list of recognisers, and the public
suffix list that tldextract carries along instead of the one it would fetch. Importing Presidio is slow, so it happens
on first use.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from classifiers.tools import Recogniser

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine

_LONGEST = 256  # characters: what is longer is not one value, and makes some patterns slow
_LEAST_SCORE = 0.4
_COVER = 0.8  # share of the value a match must explain
_CATEGORIES = {
    "EMAIL_ADDRESS": "user.contact.email",
    "CREDIT_CARD": "user.financial.credit_card",
    "IBAN_CODE": "user.financial.bank_account",
    "CRYPTO": "user.financial.bank_account",
    "US_SSN": "user.government_id.national_identification_number",
    "UK_NINO": "user.government_id.national_identification_number",
    "ES_NIF": "user.government_id.national_identification_number",
    "IT_FISCAL_CODE": "user.government_id.national_identification_number",
    "PL_PESEL": "user.government_id.national_identification_number",
    "UK_NHS": "user.health_and_medical.record_id",
}


def recognise(value: str, context: Sequence[str] = ()) -> frozenset[str]:
    """The categories that explain a whole value; empty for values over 256 characters.

    `context` are the words of the field's name: they strengthen a weak match, and never make one.
    """
    return frozenset(_CATEGORIES[entity] for entity in _explaining(_engine(), value, list(_CATEGORIES), context))


def recognise_own(value: str, recognisers: tuple[Recogniser, ...], context: Sequence[str] = ()) -> frozenset[int]:
    """The positions of those of a team's own recognisers that explain a whole value; as `recognise` otherwise."""
    entities = [_entity(position) for position in range(len(recognisers))]
    return frozenset(map(entities.index, _explaining(_own_engine(recognisers), value, entities, context)))


def _explaining(engine: AnalyzerEngine, value: str, entities: list[str], context: Sequence[str]) -> set[str]:
    if not value or len(value) > _LONGEST:
        return set()
    found = engine.analyze(
        text=value, language="en", entities=entities, context=list(context), score_threshold=_LEAST_SCORE
    )
    return {hit.entity_type for hit in found if hit.end - hit.start >= _COVER * len(value)}


def _entity(position: int) -> str:
    return f"OWN_{position}"


@cache
def _own_engine(recognisers: tuple[Recogniser, ...]) -> AnalyzerEngine:
    _prepare()
    from presidio_analyzer import Pattern, PatternRecognizer

    made = [
        PatternRecognizer(
            supported_entity=_entity(position),
            name=own.name,
            patterns=[Pattern(own.name, pattern, own.score) for pattern in own.patterns],
            deny_list=list(own.words),
            context=[word.lower() for word in own.context],
        )
        for position, own in enumerate(recognisers)
    ]
    return _of(made)


@cache
def _engine() -> AnalyzerEngine:
    _prepare()
    from presidio_analyzer import predefined_recognizers as known

    return _of(
        [
            known.EmailRecognizer(),
            known.CreditCardRecognizer(),
            known.IbanRecognizer(),
            known.CryptoRecognizer(),
            known.UsSsnRecognizer(),
            known.UkNinoRecognizer(),
            known.NhsRecognizer(),
            known.EsNifRecognizer(supported_language="en"),
            known.ItFiscalCodeRecognizer(supported_language="en"),
            known.PlPeselRecognizer(supported_language="en"),
        ]
    )


def _prepare() -> None:
    os.environ.setdefault("REGEX_TIMEOUT_SECONDS", "1")  # read by Presidio when it is imported
    logging.getLogger("presidio-analyzer").setLevel(logging.CRITICAL)  # its messages may quote the text
    import tldextract

    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def _of(recognisers: list[Any]) -> AnalyzerEngine:
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    nlp = NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "no_op"}])
    nlp.load()
    with warnings.catch_warnings():
        # It warns that context comes only from what is passed to analyze(): which is what we do.
        warnings.simplefilter("ignore", UserWarning)
        return AnalyzerEngine(
            registry=RecognizerRegistry(recognizers=recognisers, supported_languages=["en"]),
            nlp_engine=nlp,
            supported_languages=["en"],
            context_aware_enhancer=LemmaContextAwareEnhancer(context_matching_mode="whole_word"),
        )
