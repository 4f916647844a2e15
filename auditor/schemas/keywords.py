"""The keywords of JSON Schema (draft 4 to 2020-12) and OpenAPI, read one by one.

`parts` are the schemas that one schema is put together from: itself, what it refers to, what is in its allOf.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.schemas.document import Object, Value, items_of, object_of, text_of

_TYPES = {"string": "TEXT", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "file": "VARBINARY"}
_FORMATS = {
    "date": "DATE", "date-time": "TIMESTAMP", "time": "TIME", "uuid": "UUID",
    "byte": "VARBINARY", "binary": "VARBINARY", "base64": "VARBINARY",
    "int32": "INT", "int64": "BIGINT", "float": "FLOAT", "double": "DOUBLE", "decimal": "DECIMAL",
}  # fmt: skip
_TEXTUAL = ("pattern", "minLength", "maxLength", "format", "enum", "const")
_NUMERIC = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
# What makes a choice a schema of its own; one without is a condition on its parent, such as `required`.
_SHAPES = frozenset(
    "$ref $dynamicRef $recursiveRef type properties items prefixItems allOf oneOf anyOf enum const "
    "additionalProperties patternProperties then else".split()
)


def types_of(parts: Sequence[Object]) -> frozenset[str]:
    """The types that are declared, null left out."""
    found: set[str] = set()
    for part in parts:
        declared = part.get("type")
        found |= {text_of(kind) for kind in items_of(declared)} or {text_of(declared)}
    return frozenset(found - {"", "null"})


def is_scalar(types: frozenset[str]) -> bool:
    """Whether a single value is among the types."""
    return not types.isdisjoint(_TYPES)


def item_schemas(schema: Object) -> Iterator[Value]:
    """What items of a list look like."""
    for key in ("items", "prefixItems", "additionalItems", "unevaluatedItems", "contains"):
        value = schema.get(key)
        yield from items_of(value) or ([value] if isinstance(value, Object) else ())


def value_schemas(schema: Object) -> Iterator[Value]:
    """What values under keys that are not declared look like."""
    for key in ("additionalProperties", "unevaluatedProperties"):
        if isinstance(schema.get(key), Object):
            yield schema[key]
    yield from object_of(schema.get("patternProperties")).values()


def choices(schema: Object, *, plain: bool) -> Iterator[Value]:
    """The schemas that may hold beside this one; conditions on a `plain` schema, which has its own shape, left out."""
    found = [choice for key in ("oneOf", "anyOf") for choice in items_of(schema.get(key))]
    found += [schema[key] for key in ("if", "then", "else") if isinstance(schema.get(key), Object)]
    for key in ("dependentSchemas", "dependencies"):
        found += [value for value in object_of(schema.get(key)).values() if isinstance(value, Object)]
    return (choice for choice in found if not plain or not _SHAPES.isdisjoint(object_of(choice)))


def extensions(schema: Object) -> Iterator[tuple[str, str]]:
    """The `x-` extensions as pairs of name and value, those of a nested one each under its own name."""
    for key, value in schema.items():
        if key[:2].lower() == "x-":
            for name, said in value.items() if isinstance(value, Object) else [("", value)]:
                for one in items_of(said) or [said]:
                    yield f"{key} {name}", str(one) if isinstance(one, str | bool) else ""


def first_text(parts: Sequence[Object], key: str) -> str:
    """The first text under a keyword, "" for none."""
    return next((text for part in parts if (text := text_of(part.get(key)))), "")


def leaf_type(parts: Sequence[Object], types: frozenset[str]) -> str:
    """The type of a schema without parts of its own; "" when nothing can be in it, JSON when anything can."""
    closed = any(part.get("properties") or part.get("additionalProperties") is False for part in parts)
    scalar = next((kind for kind in _TYPES if kind in types), "")
    if types and not scalar:
        return "" if closed and types == {"object"} else "JSON"
    if not scalar:
        if not parts or closed or _has(parts, "type"):
            return ""  # cut short, empty, or always null
        scalar = "string" if _has(parts, *_TEXTUAL) else "number" if _has(parts, *_NUMERIC) else ""
    if scalar == "string" and _has(parts, "enum", "const"):
        return "ENUM"
    if scalar == "string" and _has(parts, "contentEncoding", "contentMediaType"):
        return "VARBINARY"
    return _FORMATS.get(first_text(parts, "format"), _TYPES[scalar]) if scalar else "JSON"


def _has(parts: Sequence[Object], *keys: str) -> bool:
    return any(key in part for part in parts for key in keys)
