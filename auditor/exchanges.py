"""What auditor.toml says about exchanges: `[[bindings]]` to payload schemas, `[[tokens]]` and what they carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from auditor.annotations.entries import Entry, complaints, entries
from classifiers.taxonomy import CATEGORIES
from lineage.endpoints import Binding
from lineage.tokens import Token


def read_bindings(data: Mapping[str, Any], text: str) -> tuple[tuple[Binding, ...], list[str]]:
    """The `[[bindings]]` of a parsed TOML file, and all mistakes in them."""
    found, mistakes = entries(data, "bindings", text)
    bindings = tuple(_binding(entry) for entry in found)
    return bindings, mistakes + complaints(found)


def _binding(entry: Entry) -> Binding:
    entry.only("callee", "operation", "request", "response")
    request, response = entry.text("request") or None, entry.text("response") or None
    if request is None and response is None:
        entry.mistakes.append(f"{entry.place}: say 'request', 'response' or both: a payload's name, or \"none\"")
    return Binding(entry.text("callee", required=True), entry.text("operation") or "*", request, response, entry.place)


def read_tokens(data: Mapping[str, Any], text: str, own: Sequence[str]) -> tuple[tuple[Token, ...], list[str]]:
    """The `[[tokens]]` of a parsed TOML file, and all mistakes in them. `own` are the team's own categories."""
    found, mistakes = entries(data, "tokens", text)
    tokens = tuple(_token(entry, own) for entry in found)
    return tokens, mistakes + complaints(found)


def _token(entry: Entry, own: Sequence[str]) -> Token:
    entry.only("name", "carries", "from", "to")
    carries = entry.texts("carries")
    if not carries:
        entry.mistakes.append(f"{entry.place}: 'carries' must list categories, or fields as store/table.column")
    known = {*CATEGORIES, *own}
    entry.mistakes += [
        f"{entry.place}: '{what[:80]}' is neither a category nor a field (store/table.column)"
        for what in carries
        if "/" not in what and what not in known
    ]
    senders, receivers = entry.texts("from") or ("*",), entry.texts("to") or ("*",)
    return Token(entry.text("name", required=True), carries, senders, receivers, entry.place)
