"""Audit -> JUnit XML: one case for each exposure, failed while nobody has approved it."""

from __future__ import annotations

from xml.etree import ElementTree

from lineage.audit import Audit
from reports.notices import NAME, Notice, notices
from reports.repository import Repository
from reports.rules import INCONCLUSIVE
from reports.text import visible


def junit(audit: Audit, repository: Repository) -> str:
    """XML text. One more case stands for the verdict, so that a run that saw too little never looks passed."""
    told = sorted(notices(audit, repository), key=lambda notice: (notice.id, notice.title))
    suite = ElementTree.Element("testsuite", name="privacy exposures")
    _add_verdict(suite, [notice.text for notice in told if notice.rule.id == INCONCLUSIVE.id])
    for notice in told:
        if notice.exposure is not None or (notice.level == "error" and notice.rule.id != INCONCLUSIVE.id):
            _add(suite, notice)
    cases = list(suite)
    failed = sum(case.find("failure") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    errors = sum(case.find("error") is not None for case in cases)
    for node in (suite, suites := ElementTree.Element("testsuites", name="privacy-auditor")):
        for key, number in (("tests", len(cases)), ("failures", failed), ("errors", errors), ("skipped", skipped)):
            node.set(key, str(number))
    suites.append(suite)
    ElementTree.indent(suites, " ")
    # `visible` has turned every character that XML forbids into its code
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(suites, encoding="unicode")}\n'


def _add(suite: ElementTree.Element, notice: Notice) -> None:
    area = visible(notice.exposure.category, NAME) if notice.exposure else notice.rule.id
    case = ElementTree.SubElement(suite, "testcase", classname=area, name=f"{notice.title} ({notice.id})")
    if notice.level == "error":
        found = ElementTree.SubElement(case, "failure", type=notice.rule.id, message=notice.title)
        found.text = f"{notice.text}\n{notice.spot.path}:{notice.spot.line}"
    elif notice.level != "pass":
        ElementTree.SubElement(case, "skipped", message=notice.text)


def _add_verdict(suite: ElementTree.Element, thin: list[str]) -> None:
    case = ElementTree.SubElement(suite, "testcase", classname="verdict", name="there is enough telemetry to decide")
    if thin:
        ElementTree.SubElement(case, "error", type=INCONCLUSIVE.id, message="; ".join(thin))
