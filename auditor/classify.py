"""The pure half of `auditor classify` with a team's settings: its words, classifiers, recognisers and decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from auditor.annotations.merge import merged
from auditor.annotations.tools import load_model
from auditor.config import Config
from auditor.decisions import decision_for
from auditor.labels import own_labels
from classifiers.classify import classify
from classifiers.jsonl import answer_all, as_json
from classifiers.model import Field, Label


def answers(rows: Iterable[dict[str, object]], config: Config) -> Iterator[dict[str, object]]:
    """`rows` labelled as `classifiers.jsonl.answer_all` does, and as `config` says.

    Decisions find a row by its table and column, of whatever store. Raises ConfigError: a plug-in that fails, decisions
    that conflict, a language model that is not there.
    """
    load_model(config.tools)

    def judge(field: Field, values: Sequence[str]) -> Iterable[Label]:
        labels = classify(field, values, config.tools)
        own = own_labels(field, config)
        return merged(labels, own) if own else labels

    for answer in answer_all(rows, judge):
        yield _settled(answer, config) if config.decisions else answer


def _settled(answer: dict[str, object], config: Config) -> dict[str, object]:
    table, column = answer["table"], answer["column"]
    if not isinstance(column, str):
        return answer
    decision = decision_for(config.decisions, "", table if isinstance(table, str) else "", column)
    return answer if decision is None else answer | {"labels": [as_json(label) for label in decision.labels()]}
