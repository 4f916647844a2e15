"""Names of tables, as everybody says them."""

from __future__ import annotations

from functools import lru_cache

# Schemas that a client is in without saying so: they add nothing to a table's name.
DEFAULT_SCHEMAS = frozenset({"public", "dbo", "main", "default"})


@lru_cache(1 << 14)
def short_name(name: str) -> str:
    """A table's name without quotes and without the schema that everybody is in by default."""
    parts = [part.strip('"`[]') for part in name.split(".")]
    if len(parts) > 1 and parts[-2].lower() in DEFAULT_SCHEMAS:
        return parts[-1]
    return ".".join(parts[-2:])
