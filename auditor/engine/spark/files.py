"""Files that Spark counts: those that tasks open themselves, and those that Spark reads for them."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.telemetry.read import Source


@dataclass(frozen=True, slots=True)
class Remote:
    """A file that Spark reads; `is_named` as in `Source`."""

    uri: str
    size: int
    is_named: bool

    @property
    def name(self) -> str:
        """What the report calls it."""
        return self.uri.rpartition("/")[2]

    @property
    def shown(self) -> str:
        """What an error calls it."""
        return self.uri

    @property
    def is_hidden(self) -> bool:
        """Whether Spark passes over it, as over what other programs leave beside their output."""
        return self.name.startswith(("_", "."))


File = Source | Remote
