"""Checks of folders, files and disks."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from auditor.operation.findings import Finding
from auditor.operation.snapshot import databases

LOW, GONE = 2 << 30, 256 << 20  # bytes free: soon to be looked after; too few to go on safely
AHEAD = 300  # seconds by which a file may be newer than the clock says


def folders(places: Iterable[Path]) -> Iterator[Finding]:
    """Is each there, ours to write, and closed to others? Is there room on its disk?"""
    for folder in dict.fromkeys(places):
        yield from _folder(folder)


def stores(places: Iterable[Path]) -> Iterator[Finding]:
    """Is every database whole, and the clock not behind what was written?"""
    for folder in dict.fromkeys(places):
        if folder.is_dir():
            try:
                yield from _store(folder)
            except OSError as error:
                yield Finding("store", "problem", f"{folder}: cannot be read ({error.strerror})")


def _folder(folder: Path) -> Iterator[Finding]:
    if not folder.exists():
        above = next(place for place in folder.parents if place.exists())
        good = os.access(above, os.W_OK | os.X_OK)
        what = "is not there yet, and will be made" if good else f"is not there, and {above} cannot be written"
        yield Finding("folder", "ok" if good else "problem", f"{folder}: {what}")
        folder = above
    elif not folder.is_dir():
        yield Finding("folder", "problem", f"{folder}: is no folder")
        return
    elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding("folder", "problem", f"{folder}: this user cannot write there; run: chown $(id -un) {folder}")
    elif folder.stat().st_mode & 0o077:
        yield Finding("folder", "note", f"{folder}: others than its owner can look into it; run: chmod 700 {folder}")
    else:
        yield Finding("folder", "ok", f"{folder}: ours alone")
    free = shutil.disk_usage(folder).free
    what = f"{folder}: {free / (1 << 30):.1f} GiB free" + ("; make room" if free < LOW else "")
    yield Finding("disk", "problem" if free < GONE else "note" if free < LOW else "ok", what)


def _store(folder: Path) -> Iterator[Finding]:
    newest = 0.0
    for base in databases(folder):
        newest = max(newest, base.stat().st_mtime)
        wrong = _damage(base)
        what = f"{base}: {wrong}; restore a backup: auditor restore --help" if wrong else f"{base}: whole"
        yield Finding("store", "problem" if wrong else "ok", what)
    if newest > time.time() + AHEAD:
        yield Finding("clock", "problem", f"the clock is behind what was written in {folder}; set it, and see to NTP")


def _damage(base: Path) -> str | None:
    try:
        with closing(sqlite3.connect(f"{base.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as opened:
            return None if opened.execute("PRAGMA quick_check(1)").fetchone() == ("ok",) else "is damaged"
    except sqlite3.Error as error:
        return f"cannot be read ({type(error).__name__})"
