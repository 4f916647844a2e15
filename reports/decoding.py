"""Plain JSON values into frozen dataclasses, checked against the dataclasses' own type hints."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Decoder = Callable[[object, str], Any]


def decode(kind: type[T], value: object, where: str = "") -> T:
    """Turn `value` (what a JSON parser returned) into `kind`, a dataclass.

    Keys that `kind` does not know are ignored: a newer writer may add some. Raises ValueError naming the place and
    what was expected there, never the value found.
    """
    return cast(T, _decoder(cast(Any, kind))(value, where))


@cache
def _decoder(hint: Any) -> Decoder:
    if is_dataclass(hint):
        return _record(cast(type, hint))
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return _choice(arguments)
    if origin is tuple:
        return _sequence(arguments[0])
    if origin in (Union, types.UnionType):
        return _optional(next(argument for argument in arguments if argument is not type(None)))
    return _scalar(hint)


def _record(kind: type) -> Decoder:
    hints = get_type_hints(kind)
    members = {field.name: hints[field.name] for field in fields(kind)}
    required = [f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING]

    def read(value: object, where: str) -> Any:
        if not isinstance(value, dict):
            raise _wrong(where, "an object")
        for name in required:
            if name not in value:
                raise _wrong(f"{where}.{name}", "a value, but the key is missing")
        return kind(**{n: _decoder(hint)(value[n], f"{where}.{n}") for n, hint in members.items() if n in value})

    return read


def _sequence(member: Any) -> Decoder:
    def read(value: object, where: str) -> Any:
        if not isinstance(value, list):
            raise _wrong(where, "a list")
        one = _decoder(member)
        return tuple(one(item, f"{where}[{index}]") for index, item in enumerate(value))

    return read


def _optional(member: Any) -> Decoder:
    def read(value: object, where: str) -> Any:
        return None if value is None else _decoder(member)(value, where)

    return read


def _choice(words: tuple[Any, ...]) -> Decoder:
    def read(value: object, where: str) -> Any:
        if value not in words:
            raise _wrong(where, "one of " + ", ".join(map(str, words)))
        return value

    return read


def _scalar(kind: type) -> Decoder:
    words = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
    accepted = (int, float) if kind is float else (kind,)

    def read(value: object, where: str) -> Any:
        # bool is an int to Python, not to us
        if not isinstance(value, accepted) or (isinstance(value, bool) and kind is not bool):
            raise _wrong(where, words[kind])
        return kind(value)

    return read


def _wrong(where: str, expected: str) -> ValueError:
    return ValueError(f"{where.lstrip('.') or 'the document'}: expected {expected}")
