"""What an audit is made of, and everything of it but telemetry, read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from auditor.annotations.tools import load_model
from auditor.blind_spots import reading_gaps
from auditor.engine.spark.cluster import Cluster
from auditor.period import Period
from auditor.schemas.read import Schemas, read_schemas
from auditor.telemetry.digests import Digests, read_digests
from auditor.telemetry.edges import Edges, read_edges
from auditor.telemetry.report import ReadReport
from auditor.telemetry.trace_stores.question import Question
from classifiers.tools import USUAL, Tools
from lineage.audit import Input
from lineage.model import Gap


@dataclass(frozen=True, slots=True)
class Kept:
    """An index (`auditor.index`) and the period of it that is asked for."""

    folder: str
    period: Period


@dataclass(frozen=True, slots=True)
class Sources:
    """What to audit: telemetry as files, folders, `-` or URLs of stores of traces, which are asked the `question`, or
    `kept` in an index; schemas as `[NAME=]PATH_OR_URL`; `sample` rows of each live table to look at, in memory;
    digests of statements as `[STORE=]PATH_OR_URL`; files of network flows; `cluster` is the Spark that reads inputs."""

    inputs: Sequence[str]
    schemas: Sequence[str] = ()
    sample: int = 0
    statements: Sequence[str] = ()
    edges: Sequence[str] = ()
    kept: Kept | None = None
    question: Question | None = None
    cluster: Cluster | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """What was read beside telemetry, and the report on reading."""

    schemas: Schemas
    digests: Digests = field(default_factory=Digests)
    edges: Edges = field(default_factory=Edges)
    report: ReadReport = field(default_factory=ReadReport)

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The files and databases that were read beside telemetry."""
        return (*self.schemas.inputs, *self.digests.inputs, *self.edges.inputs)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What of all inputs could not be read."""
        return (*self.schemas.gaps, *self.digests.gaps, *self.edges.gaps, *reading_gaps(self.report))


def read_material(sources: Sources, tools: Tools = USUAL) -> Material:
    """Read all but telemetry. Raises InputError for what is not there or is not what it was named as."""
    if sources.sample:
        load_model(tools)
    schemas = read_schemas(list(sources.schemas), sources.sample, tools)
    return Material(schemas, read_digests(sources.statements), read_edges(sources.edges))
