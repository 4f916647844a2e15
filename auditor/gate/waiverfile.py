"""waivers.toml: who gave leave for what, why, and until when. The only import of tomlkit: edits keep comments."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import tomlkit
from tomlkit.items import AoT

from auditor.annotations.entries import Entry, complaints, entries
from auditor.errors import ConfigError
from auditor.files import write_text
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


def add_waiver(file: Path, waiver: Waiver) -> None:
    """Append a waiver to the file; what stands there stays as it is."""
    write_text(file, with_waiver(file, waiver))


def with_waiver(file: Path, waiver: Waiver) -> str:
    """The text of the file with a waiver appended."""
    document = _document(file)
    rows = cast(AoT, document.setdefault("waivers", tomlkit.aot()))
    row = tomlkit.table()
    row.add("id", waiver.id)
    for key in ("about", "kind", "reason", "owner"):
        row.add(key, getattr(waiver, key))
    row.add("created", date.fromisoformat(waiver.created))
    row.add("expires", date.fromisoformat(waiver.expires))
    rows.append(row)
    return tomlkit.dumps(document)


def change_waivers(file: Path, changed: Sequence[Waiver]) -> None:
    """Set reason, owner and days of waivers that stand in the file."""
    document = _document(file)
    by_id = {waiver.id: waiver for waiver in changed}
    for row in cast(AoT, document["waivers"]):
        waiver = by_id.get(str(row["id"]))
        if waiver is not None:
            row["reason"], row["owner"] = waiver.reason, waiver.owner
            row["created"] = date.fromisoformat(waiver.created)
            row["expires"] = date.fromisoformat(waiver.expires)
    write_text(file, tomlkit.dumps(document))


def remove_waivers(file: Path, ids: Collection[str]) -> None:
    """Take waivers out of the file."""
    document = _document(file)
    rows = cast(AoT, document["waivers"])
    for index in reversed(range(len(rows))):
        if str(rows[index]["id"]) in ids:
            del rows[index]
    if not len(rows):
        del document["waivers"]
    write_text(file, tomlkit.dumps(document))


def _document(file: Path) -> tomlkit.TOMLDocument:
    return tomlkit.parse(file.read_text(encoding="utf-8")) if file.exists() else tomlkit.document()


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
