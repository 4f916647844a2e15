"""The log of proposals: each with who wanted it and why, sealed with all before it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from auditor.ledger import Entry, Ledger
from auditor.proposals.drafts import Files, draft
from auditor.proposals.model import Draft, Proposal, Wish
from lineage.audit import Audit

LOG = "proposals.jsonl"


class Proposals:
    """The proposals in a folder, for the decisions in `files`."""

    def __init__(self, folder: Path, files: Files) -> None:
        self.log = folder / LOG
        self._ledger, self._files = Ledger(self.log), files
        self._ledger.entries()  # a log that was changed is told at start

    def propose(self, audit: Audit, wish: Wish) -> Proposal:
        """Draft the change and write it into the log. Raises Unfit and AuditorError."""
        made = draft(audit, self._files, wish)
        wanted = asdict(wish) | {"expires": wish.expires.isoformat() if wish.expires else None}
        return _proposal(self._ledger.append({"wish": wanted, "draft": asdict(made)}))

    def all(self) -> tuple[Proposal, ...]:
        """The oldest first. Raises AuditorError when the log is not as it was written."""
        return tuple(map(_proposal, self._ledger.entries()))


def _proposal(entry: Entry) -> Proposal:
    wish: dict[str, Any] = dict(entry.content["wish"])
    wish["ids"] = tuple(wish["ids"])
    wish["expires"] = date.fromisoformat(wish["expires"]) if wish["expires"] else None
    return Proposal(entry.number, entry.at, Wish(**wish), Draft(**entry.content["draft"]), entry.digest)
