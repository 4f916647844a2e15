"""Every format that an audit can be written in, by the name that users give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from lineage.audit import Audit
from reports import audit_json, gate_text, summary
from reports.collector import collector_config
from reports.documents.all import CSV
from reports.github import job_summary, workflow_commands
from reports.gitlab import code_quality
from reports.junit import junit
from reports.markdown import comment
from reports.repository import Repository
from reports.sarif import sarif
from reports.table import flows_csv

Renderer = Callable[[Audit, Repository], str]


def _html(audit: Audit, repository: Repository) -> str:
    from reports.html import render  # it brings the template engine and the graph drawer along

    return render(audit)


def _document(render: Callable[[Audit], str]) -> Renderer:
    return lambda audit, _: render(audit)


FORMATS: Final[Mapping[str, Renderer]] = MappingProxyType(
    {
        "text": lambda audit, _: _text(gate_text.lines(audit)),
        "summary": lambda audit, _: _text(summary.lines(audit)),
        "json": lambda audit, _: audit_json.dumps(audit),
        "html": _html,
        "csv": lambda audit, _: flows_csv(audit),
        "collector": lambda audit, _: collector_config(audit),
        "sarif": sarif,
        "junit": junit,
        "gitlab": code_quality,
        "github": workflow_commands,
        "github-summary": job_summary,
        "markdown": comment,
        **{name: _document(render) for name, render in CSV.items()},
    }
)
MIXABLE: Final = frozenset({"text", "summary", "github"})  # lines that may stand one after the other


def _text(lines: list[str]) -> str:
    return "".join(line + "\n" for line in lines)
