from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.access.trail import Trail
from auditor.errors import ConfigError


def test_lines_are_appended_for_the_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "trail.jsonl"
    for number in range(2):  # a restart goes on where it was
        trail = Trail(file)
        trail.write("ana", "GET", "/api/flows/{id}", 200 + number)
        trail.close()
    assert [json.loads(line)["status"] for line in file.read_text().splitlines()] == [200, 201]
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_disk_it_takes_is_bounded(tmp_path: Path) -> None:
    trail = Trail(tmp_path / "trail.jsonl", max_bytes=1000, kept=2)
    for number in range(200):
        trail.write(None, "GET", f"/{number}", 401, "192.0.2.1")
    trail.close()
    files = sorted(tmp_path.iterdir())
    assert len(files) == 3
    assert sum(file.stat().st_size for file in files) <= 3000
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    assert trail.lost == 0


def test_what_cannot_be_written_is_counted(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    trail = Trail(Path("/dev/full"), max_bytes=0)
    trail.write("ana", "GET", "/", 200)
    assert trail.lost == 1
    trail.close()


def test_it_follows_no_link_and_needs_its_folder(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    for name in ("link", "missing/trail.jsonl"):
        with pytest.raises(ConfigError, match="trail"):
            Trail(tmp_path / name)
