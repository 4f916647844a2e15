"""What can be asked of each address. A parameter that is not known is refused: a misspelt filter must not return
everything."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from lineage.model import Direction, EvidenceLevel, ExposureState, Role
from lineage.system import EdgeMode

MAX_LIMIT = 1000
MAX_PATHS = 100


def _time(value: object) -> object:
    """RFC 3339, or a day, which means its first moment in UTC."""
    if not isinstance(value, str):
        return value
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("a time such as 2026-01-31T12:00:00Z, or a day such as 2026-01-31") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


Time = Annotated[datetime, BeforeValidator(_time)]


class WindowQuery(BaseModel):
    """The window of time that is asked about; all of the current audit when neither end is given."""

    model_config = ConfigDict(extra="forbid")

    start: Time | None = Field(default=None, description="from this time on (RFC 3339, or a day in UTC)")
    end: Time | None = Field(default=None, description="before this time (RFC 3339, or a day in UTC)")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise ValueError("'end' must lie after 'start'")
        return self


class PageQuery(WindowQuery):
    """Paging, which every list has."""

    limit: int = Field(default=100, ge=1, le=MAX_LIMIT)
    cursor: str | None = Field(default=None, max_length=4000, description="where the page before left off")
    offset: int | None = Field(default=None, ge=0, le=2**31, description="records to skip, instead of a cursor")

    def filters(self) -> dict[str, str]:
        """What the records are chosen by."""
        return self._given(set(PageQuery.model_fields))

    def belongs(self) -> dict[str, str]:
        """What a cursor is good for: the filters and the window."""
        return self._given({"limit", "cursor", "offset"})

    def _given(self, without: set[str]) -> dict[str, str]:
        given = self.model_dump(exclude=without, exclude_none=True)
        return {name: str(value) for name, value in given.items()}


class ServiceQuery(PageQuery):
    """Filters of /services."""

    service: str | None = None


class StoreQuery(PageQuery):
    """Filters of /stores."""

    store: str | None = None
    system: str | None = None


class FieldQuery(PageQuery):
    """Filters of /fields."""

    category: str | None = None
    store: str | None = None
    table: str | None = None
    field: str | None = None


class AccessQuery(PageQuery):
    """Filters of /accesses."""

    category: str | None = None
    service: str | None = None
    operation: str | None = None
    store: str | None = None
    field: str | None = None
    role: Role | None = None


class FlowQuery(PageQuery):
    """Filters of /flows."""

    category: str | None = None
    service: str | None = None
    store: str | None = None
    field: str | None = None
    source: str | None = None
    sink: str | None = None
    direction: Direction | None = None
    evidence: EvidenceLevel | None = None


class ExposureQuery(PageQuery):
    """Filters of /exposures."""

    category: str | None = None
    service: str | None = None
    store: str | None = None
    sink: str | None = None
    state: ExposureState | None = None
    evidence: EvidenceLevel | None = None


class PathQuery(PageQuery):
    """Ends of the paths of /paths: each a field's id or a party's name."""

    source: str = Field(alias="from")
    target: str = Field(alias="to")


class GapQuery(PageQuery):
    """Filters of /gaps."""

    kind: str | None = None


class LeakQuery(PageQuery):
    """Filters of /leaks."""

    category: str | None = None
    service: str | None = None


class CallQuery(PageQuery):
    """Filters of /calls."""

    caller: str | None = None
    callee: str | None = None
    protocol: str | None = None
    service: str | None = Field(default=None, description="at either end")


class ContextQuery(PageQuery):
    """Filters of /contexts. `root` and `operation` are names of operations at the two ends of the path."""

    root_service: str | None = None
    root: str | None = None
    service: str | None = None
    operation: str | None = None


class AmplificationQuery(PageQuery):
    """Filters of /amplification. `root` is the name of the operation that requests come to."""

    root_service: str | None = None
    root: str | None = None
    caller: str | None = None
    callee: str | None = None
    mode: EdgeMode | None = None
    cause: Literal["loop", "fan-out", "none"] | None = None
