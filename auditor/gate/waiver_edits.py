"""Changes of waivers.toml that keep its comments and order. The only import of tomlkit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from typing import cast

import tomlkit
from tomlkit.items import AoT

from auditor.files import write_text
from lineage.findings import Waiver


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
