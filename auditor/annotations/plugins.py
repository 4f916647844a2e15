"""Classifiers of a team's own: functions `(Field) -> Iterable[Label]`, found as entry points `auditor.classifiers`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import entry_points

from auditor.errors import ConfigError
from classifiers.model import FACETS, Field, Label
from classifiers.taxonomy import nearest

GROUP = "auditor.classifiers"
Classifier = Callable[[Field], Iterable[Label]]


@dataclass(frozen=True, slots=True)
class Plugin:
    """A team's classifier by the name of its entry point."""

    name: str
    classifier: Classifier


@cache
def installed() -> tuple[Plugin, ...]:
    """All installed classifiers, by name. Raises ConfigError when one cannot be loaded."""
    found = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            classifier = point.load()
        except Exception as error:
            raise ConfigError(f"classifier '{point.name}' cannot be loaded ({type(error).__name__})") from None
        if not callable(classifier):
            raise ConfigError(f"classifier '{point.name}' is not a function")
        found.append(Plugin(point.name, classifier))
    return tuple(found)


def plugin_labels(plugins: Iterable[Plugin], field: Field) -> tuple[Label, ...]:
    """What the plug-ins say about a field, each label with its plug-in named. Raises ConfigError for a wrong answer."""
    found: list[Label] = []
    for plugin in plugins:
        try:
            answer = list(plugin.classifier(field))
        except Exception as error:  # the message may quote anything: only its kind is told
            raise ConfigError(f"classifier '{plugin.name}' failed ({type(error).__name__})") from None
        found += [_checked(label, plugin.name) for label in answer]
    return tuple(found)


def _checked(label: object, name: str) -> Label:
    if not isinstance(label, Label):
        raise ConfigError(f"classifier '{name}' returned something that is no Label")
    if label.facet not in FACETS or not nearest(label.category).key or not 0 < label.confidence <= 1:
        raise ConfigError(f"classifier '{name}' returned a Label of unknown category, facet or confidence")
    return replace(label, evidence=tuple(f"{why} (classifier {name})" for why in label.evidence or ("no reason",)))
