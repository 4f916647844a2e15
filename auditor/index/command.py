"""`auditor index`: telemetry into a store, which `auditor scan --store` audits."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from auditor.answers import print_json
from auditor.console import progress_bar, say
from auditor.errors import UsageProblem
from auditor.gate.spans_of_time import days_of
from auditor.index.hours import HOUR, UNDATED, shown
from auditor.options import ColumnsOption, ConfigOption, JsonOption, QuietOption
from reports.text import count

if TYPE_CHECKING:
    from auditor.index.windows import Window

Inputs = Annotated[
    list[str] | None,
    typer.Argument(metavar="INPUT...", help="Telemetry: file, folder or -. Without any, only what is kept is tidied."),
]


def index(
    inputs: Inputs = None,
    store: Annotated[str, typer.Option("--store", metavar="DIR", help="The folder of the index.")] = "",
    columns: ColumnsOption = None,
    config: ConfigOption = None,
    expire: Annotated[bool, typer.Option("--expire", help="Drop what is older than it is kept.")] = False,
    keep_spans: Annotated[str, typer.Option(metavar="SPAN", help="With --expire: keep redacted spans.")] = "7d",
    keep_contexts: Annotated[str, typer.Option(metavar="SPAN", help="Keep contexts and example traces.")] = "30d",
    keep_models: Annotated[str, typer.Option(metavar="SPAN", help="Keep the system model of each hour.")] = "365d",
    quiet: QuietOption = False,
    json_output: JsonOption = False,
) -> int:
    """Keep telemetry, redacted and counted by the hour.

    Any period can be audited later without reading it again: auditor scan --store DIR --from --to. Each file is added
    once, however often it is named. If interrupted, do the same again.
    """
    from auditor.config import load_config, with_columns
    from auditor.index.inputs import index_inputs
    from auditor.index.store import Store
    from auditor.index.upkeep import Keep

    if not store:
        raise UsageProblem("--store DIR: say the folder of the index")
    keep = Keep(
        days_of(keep_spans, "--keep-spans"),
        days_of(keep_contexts, "--keep-contexts"),
        days_of(keep_models, "--keep-models"),
    )
    if not keep.spans <= keep.contexts <= keep.models:
        raise UsageProblem(
            "--keep-spans, --keep-contexts, --keep-models: what tells less must be kept as long or longer"
        )
    settings = with_columns(load_config(config), columns)
    silent = quiet or json_output
    with Store(store) as kept:
        with progress_bar(silent) as progress:
            indexed = index_inputs(kept, inputs or (), settings.columns, progress)
        with progress_bar(silent, "counting hours") as progress:
            counted = kept.refresh(progress)
        kept.compact()
        expired = kept.expire(time.time_ns(), keep) if expire else None
        windows = kept.windows()
    figures = _figures(windows) | {
        "files_new": indexed.new,
        "files_known": indexed.known,
        "spans_new": indexed.spans,
        "hours_counted": counted,
        "hours_expired": asdict(expired) if expired else None,
    }
    if json_output:
        print_json(figures)
    elif not quiet:
        say(_lines(store, figures))
    return 0


def _figures(windows: Sequence[Window]) -> dict[str, Any]:
    dated = [window.start for window in windows if window.start != UNDATED]
    return {
        "hours": len(windows),
        "hours_with_spans": sum(window.files > 0 for window in windows),
        "hours_with_contexts": sum(not window.lean for window in windows),
        "first": shown(min(dated)) if dated else None,
        "last": shown(max(dated) + HOUR) if dated else None,
        "spans": sum(window.spans + window.sealed for window in windows),
        "bytes_of_spans": sum(window.size for window in windows),
    }


def _lines(store: str, told: dict[str, Any]) -> Iterator[str]:
    if told["files_new"] or told["files_known"]:
        yield (
            f"Added {count(told['spans_new'], 'span')} of {count(told['files_new'], 'new file')}; "
            f"{count(told['files_known'], 'file')} had been added before."
        )
    if expired := told["hours_expired"]:
        yield (
            f"Dropped: the spans of {count(expired['spans'], 'hour')}, contexts and example traces of "
            f"{count(expired['contexts'], 'hour')}, all of {count(expired['models'], 'hour')}."
        )
    if not told["hours"]:
        yield f"{store} holds nothing yet."
        return
    if told["first"]:
        yield f"{store} holds {count(told['hours'], 'hour')} from {told['first']} to {told['last']}:"
    yield f"  system models of all of them, of {count(told['spans'], 'span')};"
    yield f"  contexts and example traces of {told['hours_with_contexts']:,};"
    yield f"  redacted spans of {told['hours_with_spans']:,}, {told['bytes_of_spans'] / 1e6:,.1f} MB."
    yield f"Next: auditor scan --store {store} [--from 24h] --schema ... --out out"
