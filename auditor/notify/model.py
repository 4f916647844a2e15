"""What is told about a new exposure: names and states, never a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class News:
    """An exposure as it was when it was raised. `number` counts up, `raised` is RFC 3339 UTC."""

    number: int
    id: str
    category: str
    sink_kind: str
    sink: str
    state: str
    evidence: str
    sensitivity: str
    raised: str

    @property
    def title(self) -> str:
        """One line for people."""
        return f"{self.state.upper()}: {self.category} reaches {self.sink_kind} {self.sink}"


@dataclass(frozen=True, slots=True)
class Batch:
    """News that go out together. They stay together over retries, so that a receiver knows them again by their id."""

    news: tuple[News, ...]
    attempts: int

    @property
    def id(self) -> str:
        """The same at every attempt."""
        return f"news-{self.news[0].number}-{self.news[-1].number}"
