"""A proposed decision in Markdown, for whoever reviews it: what it is about, who wants it, why, and the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lineage.audit import Audit, Exposure
from lineage.model import Leak
from reports.explain import leak_story, story
from reports.markdown import code

MOST = 50  # exposures that are told one by one


def body(audit: Audit, wants: str, said: Sequence[tuple[str, str]], about: Sequence[Exposure | Leak] = ()) -> str:
    """The text: `wants` in a sentence, what was said of it (a name and a text each), and the exposures and leaks."""
    return "".join(_body(audit, wants, said, about))


def _body(audit: Audit, wants: str, said: Sequence[tuple[str, str]], about: Sequence[Exposure | Leak]) -> Iterator[str]:
    yield f"{wants}\n\nA proposal: it counts once this change is reviewed and merged, not before.\n\n"
    for name, text in said:
        if text:
            yield f"- {name}: {code(text)}\n"
    for one in about[:MOST]:
        yield "\n"
        for line in story(audit, one) if isinstance(one, Exposure) else leak_story(audit, one):
            yield f"{'  ' * _depth(line)}- {code(line.strip())}\n"
    if len(about) > MOST:
        yield f"\n{len(about) - MOST:,} more: see the patch.\n"
    scope = audit.scope
    window = f"{scope.first} to {scope.last}" if scope.first else "no time window"
    yield f"\nFrom an audit of {code(window)}, {scope.spans:,} spans.\n"


def _depth(line: str) -> int:
    return (len(line) - len(line.lstrip())) // 2
