"""What the whole audit can be taken away as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Download:
    """A format: what it is for, the end of the file's name, and its media type."""

    word: str
    suffix: str
    media_type: str


_TEXT, _CSV = "text/plain", "text/csv"
DOWNLOADS: Final[dict[str, Download]] = {
    "html": Download("the report, one page that needs nothing else", "html", "text/html"),
    "json": Download("everything, for programs: audit.json", "json", "application/json"),
    "csv": Download("every flow", "csv", _CSV),
    "summary": Download("the summary of the command line", "txt", _TEXT),
    "text": Download("what the gate says", "txt", _TEXT),
    "markdown": Download("for a pull request", "md", "text/markdown"),
    "sarif": Download("for code scanning (SARIF 2.1.0)", "sarif", "application/sarif+json"),
    "junit": Download("for continuous integration (JUnit)", "xml", "application/xml"),
    "gitlab": Download("for GitLab Code Quality", "json", "application/json"),
    "github": Download("annotations for GitHub", "txt", _TEXT),
    "github-summary": Download("a job summary for GitHub", "md", "text/markdown"),
    "collector": Download("configuration of a collector that stops the telemetry leaks", "yaml", "application/yaml"),
    "ropa-csv": Download("record of processing activities, GDPR Art. 30", "csv", _CSV),
    "transfers-csv": Download("recipients and transfers by region, GDPR Chapter V", "csv", _CSV),
    "retention-csv": Download("retention, GDPR Art. 30(1)(f)", "csv", _CSV),
    "dpia-csv": Download("screening for an impact assessment, GDPR Art. 35", "csv", _CSV),
    "pci-csv": Download("cardholder data flows, PCI DSS 1.2.4", "csv", _CSV),
    "pci-changes-csv": Download("cardholder data: log of changes, PCI DSS 1.2.4", "csv", _CSV),
    "hipaa-csv": Download("identifiers and health information, HIPAA", "csv", _CSV),
    "cpra-csv": Download("sensitive personal information, CPRA", "csv", _CSV),
}
