"""waivers.toml as read: who gave leave for what, why, and until when."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from auditor.annotations.entries import Entry, complaints, entries
from auditor.errors import ConfigError
from auditor.tomlfile import read_toml
from lineage.findings import WAIVER_KINDS, Waiver, WaiverKind

FILE = "waivers.toml"
_ID = re.compile(r"[el]1-[0-9a-f]{16}")


def load_waivers(file: Path) -> tuple[Waiver, ...]:
    """The waivers in a file, none when there is no such file. Raises ConfigError with every mistake and its line."""
    read = read_toml(file)
    if read is None:
        return ()
    text, data = read
    mistakes = [f"unknown setting '{key[:80]}'" for key in sorted(set(data) - {"waivers"})]
    found, wrong = entries(data, "waivers", text)
    waivers = tuple(_waiver(entry) for entry in found)
    mistakes += [*wrong, *complaints(found)]
    first: dict[str, Entry] = {}
    for entry, waiver in zip(found, waivers, strict=True):
        if waiver.id and first.setdefault(waiver.id, entry) is not entry:
            mistakes.append(f"{entry.place}: {waiver.id} is waived twice; {first[waiver.id].place} is the first")
    if mistakes:
        raise ConfigError(f"{file}: " + "; ".join(mistakes))
    return waivers


def _waiver(entry: Entry) -> Waiver:
    entry.only("id", "reason", "owner", "expires", "kind", "created", "about")
    id_ = entry.row.get("id")
    if not isinstance(id_, str) or not _ID.fullmatch(id_):
        entry.mistakes.append(f"{entry.place}: 'id' must be that of an exposure (e1-...) or a leak (l1-...)")
        id_ = ""
    kind = entry.row.get("kind", WAIVER_KINDS[0])
    if kind not in WAIVER_KINDS:
        entry.mistakes.append(f"{entry.place}: 'kind' must be one of: {', '.join(WAIVER_KINDS)}")
    line = re.match(r"line (\d+)", entry.place)
    return Waiver(
        id_,
        entry.text("reason", required=True),
        entry.text("owner", required=True),
        _day(entry, "expires", required=True),
        cast(WaiverKind, kind),
        _day(entry, "created", required=False),
        entry.text("about"),
        int(line[1]) if line else 0,
    )


def _day(entry: Entry, key: str, *, required: bool) -> str:
    value: Any = entry.row.get(key)
    if value is None and not required:
        return ""
    try:
        if isinstance(value, datetime):
            return value.date().isoformat()
        return (value if isinstance(value, date) else date.fromisoformat(value)).isoformat()
    except (ValueError, TypeError):
        entry.mistakes.append(f"{entry.place}: '{key}' must be a day such as 2026-01-31")
        return ""
