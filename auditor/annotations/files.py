"""A YAML file beside the DDL to annotations, or to the reason why it has none."""

from __future__ import annotations

import re
from dataclasses import dataclass

from auditor.annotations.datasets import read_annotations
from auditor.annotations.notes import Annotation
from auditor.annotations.tree import Unreadable
from lineage.model import Gap

SUFFIXES = (".yml", ".yaml")
LOOKS_RIGHT = re.compile(r"^[ \t]*[\"']?(?:dataset|models|seeds|snapshots|sources)[\"']?[ \t]*:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Notes:
    """What a file says about columns, and what of it could not be read."""

    annotations: tuple[Annotation, ...] = ()
    gaps: tuple[Gap, ...] = ()


def is_yaml(name: str) -> bool:
    """Whether a file's name is that of a YAML file."""
    return name.lower().endswith(SUFFIXES)


def read_notes(data: bytes, file: str, store: str | None = None) -> Notes | None:
    """The annotations of a YAML file called `file`; None when it is about something else than data sets and models."""
    text = data.decode("utf-8", errors="replace").removeprefix("\ufeff")
    if not LOOKS_RIGHT.search(text):
        return None
    try:
        found = read_annotations(text, file, store)
    except Unreadable as problem:
        hides = "a description of data that could not be read: what it says about columns is missing"
        return Notes(gaps=(Gap("unread_annotation", f"{file} {problem}", 1, 1.0, hides),))
    return None if found is None else Notes(found)
