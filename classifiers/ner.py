"""Names of people in texts, by a spaCy model that the user has installed. The only import of spacy; on first use.

Nothing is ever downloaded: a model that is not there is an error.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

_PEOPLE = frozenset({"PERSON", "PER"})
_MOST = 50  # texts that are looked at: models are slow
_LONGEST = 512  # characters of a text
_DIGITS = 0.2  # share of a text's characters from which it is no prose


class ModelUnavailable(ValueError):
    """The model cannot be loaded; the message says why, in words for a user."""


def with_people(texts: Sequence[str], model: str) -> tuple[int, int]:
    """(Texts that name a person, texts looked at). Texts of digits are left aside, and so are names with a digit.

    Raises ModelUnavailable.
    """
    pipeline = load(model)
    prose = [text[:_LONGEST] for text in texts if sum(map(str.isdigit, text)) < _DIGITS * len(text)][:_MOST]
    naming = sum(
        any(found.label_ in _PEOPLE and not any(map(str.isdigit, found.text)) for found in document.ents)
        for document in pipeline.pipe(prose)
    )
    return naming, len(prose)


@cache
def load(model: str) -> Language:
    """The model, a package's name or a folder. Raises ModelUnavailable."""
    logging.getLogger("spacy").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a model made for another version: not for the user of the auditor
        try:
            import spacy

            pipeline = spacy.load(model)
        except ImportError:
            raise ModelUnavailable("spaCy is not installed: install the extra [ner]") from None
        except OSError:
            raise ModelUnavailable("there is no installed spaCy model and no folder of that name") from None
        except Exception as error:
            raise ModelUnavailable(f"the spaCy model cannot be loaded ({type(error).__name__})") from None
    if not {"ner", "entity_ruler"} & set(pipeline.pipe_names):
        raise ModelUnavailable("the spaCy model does not recognise names: it has no part 'ner'")
    return pipeline
