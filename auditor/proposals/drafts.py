"""Wishes as changes to the files that hold a team's decisions. Nothing is written here."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from auditor.annotations.story import correction, fields_of
from auditor.config import config_file, load_config
from auditor.decisions import read_decisions
from auditor.files import DEFAULT_LOCK
from auditor.gate import clock
from auditor.gate.folder import Decisions, Folder, load_decisions
from auditor.gate.waive import last_day
from auditor.gate.waiver_edits import with_waiver
from auditor.lockfile import lock_text
from auditor.outputs import in_repository
from auditor.proposals.model import Draft, Unfit, Wish
from auditor.proposals.patch import patch
from lineage.audit import Audit, Exposure
from lineage.findings import Waiver
from lineage.gate.approve import Word, approve
from lineage.gate.findings import says
from lineage.gate.judge import judge, judge_each
from lineage.model import Leak
from reports.proposal import body
from reports.text import count


@dataclass(frozen=True, slots=True)
class Files:
    """Where decisions are: the lock with what lies beside it, and the configuration (None: where it usually is)."""

    lock: Path = Path(DEFAULT_LOCK)
    config: str | None = None


def draft(audit: Audit, files: Files, wish: Wish) -> Draft:
    """The change that would carry the wish out. Raises Unfit, and AuditorError when the files cannot be read."""
    if not any(map(str.isalnum, wish.by)) or not any(map(str.isalnum, wish.reason)):
        raise Unfit("A proposal needs a name and a reason, in words.")
    if wish.action == "correct":
        return _correct(audit, files, wish)
    decisions = load_decisions(str(files.lock), load_config(files.config).categories)
    judged = judge(audit, decisions.lock, decisions.standards)
    known: dict[str, Exposure | Leak] = {one.id: one for one in judged.exposures}
    known |= {one.id: one for one in judged.leaks}
    if not wish.ids or not known.keys() >= set(wish.ids):
        raise Unfit("Not every id is one of an exposure or leak of this audit.")
    about = [known[id_] for id_ in sorted(set(wish.ids))]
    make = _approve if wish.action == "approve" else _waive
    return make(judged, files, decisions, wish, about)


def _approve(audit: Audit, files: Files, decisions: Decisions, wish: Wish, about: list[Exposure | Leak]) -> Draft:
    word = Word(wish.by, clock.today().isoformat(), wish.reason, wish.purpose)
    done = approve(audit, decisions.lock, wish.ids, word, decisions.standards.policy.denying)
    if done.refused:
        raise Unfit("A rule that no approval lifts decides on it: mend it, or waive it for a time.")
    if not done.added:
        raise Unfit("It is approved already.")
    what = count(len(done.added), "exposure")
    title = f"Approve {what} of personal data"
    said = (("by", wish.by), ("reason", wish.reason), ("purpose", wish.purpose))
    change = patch(_path(files.lock), _text(files.lock), _storable(lock_text(done.lock)))
    return Draft(title, change, body(audit, f"Approves {what}.", said, about))


def _waive(audit: Audit, files: Files, decisions: Decisions, wish: Wish, about: list[Exposure | Leak]) -> Draft:
    if len(about) != 1 or not any(map(str.isalnum, wish.owner)):
        raise Unfit("A waiver is for one id, and needs an owner.")
    (one,) = about
    if any(waiver.id == one.id for waiver in decisions.standards.waivers):
        raise Unfit("It is waived already: renew the waiver.")
    judged, today = judge_each(audit, decisions.lock, decisions.standards)[one.id], clock.today()
    try:
        last = last_day(wish.expires, judged.most_days, decisions.standards.policy.limits.usual, today)
    except ValueError as error:
        raise Unfit(f"The last day of the waiver: {error}.") from None
    waiver = Waiver(
        one.id, wish.reason, wish.owner, last.isoformat(), wish.kind, today.isoformat(), says(judged.subject)[:400]
    )
    file = Folder(files.lock).waivers
    said = (("by", wish.by), ("reason", wish.reason), ("owner", wish.owner), ("until", waiver.expires))
    change = patch(_path(file), _text(file), _storable(with_waiver(file, waiver)))
    return Draft(f"Waive an exposure until {waiver.expires}", change, body(audit, "Waives it for a time.", said, about))


def _correct(audit: Audit, files: Files, wish: Wish) -> Draft:
    meant = fields_of(audit, wish.match) if wish.match else ()
    if not meant:
        raise Unfit("No field of this audit has this id or pattern.")
    file = config_file(files.config) or Path("auditor.toml")
    own, before = load_config(files.config).categories, _text(file)
    lines = correction(wish.match, wish.category, wish.reason, wish.by, clock.today().isoformat())
    after = "".join([f"{before.rstrip()}\n\n" if before and before.strip() else "", *(line + "\n" for line in lines)])
    try:
        _, mistakes = read_decisions(tomllib.loads(after), after, own)
    except tomllib.TOMLDecodeError:
        mistakes = ["no TOML any more"]
    if mistakes:
        raise Unfit("It is not a category that is known, or another decision speaks of these fields already.")
    what = count(len(meant), "field")
    said = (("by", wish.by), ("reason", wish.reason), ("fields", wish.match), ("category", wish.category))
    return Draft(
        f"Correct the category of {what}",
        patch(_path(file), before, after),
        body(audit, f"Decides on the category of {what}.", said),
    )


def _path(file: Path) -> str:
    return in_repository(file) or file.name


def _text(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.exists() else None


def _storable(text: str) -> str:
    """As the file would hold it: lone surrogates as their codes."""
    return text.encode("utf-8", "backslashreplace").decode()
