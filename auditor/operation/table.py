"""A table of settings, read key by key; every mistake is collected, so that all can be told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

Value = TypeVar("Value")


class Table:
    """`[name]` of a TOML file. Readers return the default where a key is missing or wrong; `mistakes` says what is."""

    def __init__(self, name: str, data: Any, mistakes: list[str]) -> None:
        self._name, self.mistakes = name, mistakes
        self._asked: set[str] = set()
        if not isinstance(data, Mapping):
            mistakes.append(f"[{name}] must be a table")
            data = {}
        self._data: Mapping[str, Any] = data

    def text(self, key: str, default: str = "") -> str:
        """A text that is not empty."""
        return self._read(key, default, lambda v: isinstance(v, str) and v != "", "must be a text")

    def choice(self, key: str, default: str, options: tuple[str, ...]) -> str:
        """One of `options`."""
        return self._read(key, default, lambda v: v in options, f"must be one of: {', '.join(options)}")

    def integer(self, key: str, default: int, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        return self._read(
            key, default, lambda v: _is_number(v, int) and least <= v <= most, f"must be a whole number {least}..{most}"
        )

    def number(self, key: str, default: float, least: float, most: float) -> float:
        """A number from `least` to `most`."""
        return float(
            self._read(
                key, default, lambda v: _is_number(v, (int, float)) and least <= v <= most, f"must be {least}..{most}"
            )
        )

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts that are not empty."""
        return tuple(self._read(key, default, _are_texts, "must be a list of texts"))

    def table(self, key: str) -> Table:
        """A table inside this one; empty where it is missing."""
        self._asked.add(key)
        return Table(f"{self._name}.{key}", self._data.get(key, {}), self.mistakes)

    def mapping(self, key: str) -> Mapping[str, tuple[str, ...]]:
        """A table of lists of texts under names that the user chooses."""
        return self._read(
            key, {}, lambda v: isinstance(v, Mapping) and all(map(_are_texts, v.values())), "must map names to lists"
        )

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self._data

    def mistake(self, key: str, what: str) -> None:
        """Note what is wrong with a key."""
        self.mistakes.append(f"{self._name}.{key} {what}")

    def end(self) -> None:
        """Note the keys that nobody asked for."""
        self.mistakes += [f"unknown setting '{self._name}.{key}'" for key in sorted(set(self._data) - self._asked)]

    def _read(self, key: str, default: Value, good: Callable[[Any], bool], what: str) -> Value:
        self._asked.add(key)
        value: Any = self._data.get(key, default)
        if key in self._data and not good(value):
            self.mistake(key, what)
            return default
        return value  # type: ignore[no-any-return]


def _are_texts(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(one, str) and one for one in value)


def _is_number(value: Any, kind: type | tuple[type, ...]) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)
