"""The lock on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.errors import InputError
from auditor.lockfile import load_lock, save_lock
from lineage.lock import Approval, Lock

LOCK = Lock(
    (
        Approval("e1-a", "user.name", "service", 'we"b\n', "observed", "ann", "2026-01-02", "because"),
        Approval("e1-b", "user.contact.email", "outsider", "pay.test", "possible", "ann", "2026-01-02", ""),
    ),
    ("users", "web"),
)


def test_round_trip_one_exposure_a_line(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "flows.lock.json"
    save_lock(LOCK, str(file))
    assert load_lock(str(file)) == LOCK
    lines = file.read_text().splitlines()
    assert sum('"id"' in line for line in lines) == len(lines) - 4
    first = file.read_bytes()
    save_lock(Lock(LOCK.approvals[::-1], LOCK.services[::-1]), str(file))
    assert file.read_bytes() == first
    assert [path.name for path in file.parent.iterdir()] == ["flows.lock.json"]


def test_no_file_is_no_lock_and_an_empty_lock_round_trips(tmp_path: Path) -> None:
    file = str(tmp_path / "lock.json")
    assert load_lock(file) is None
    save_lock(Lock(), file)
    assert load_lock(file) == Lock()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "line 1: is not JSON"),
        ("[]", "not a lock"),
        ('{"format": "flows-lock/2"}', "newer auditor"),
        ('{"format": "flows-lock/1", "exposures": [{"id": "secret-text"}]}', "exposure 1"),
        ('{"format": "flows-lock/1", "services": 3}', "'services'"),
    ],
)
def test_a_broken_lock_is_told_with_its_place_and_without_its_text(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "lock.json"
    file.write_text(text)
    with pytest.raises(InputError, match=says) as caught:
        load_lock(str(file))
    assert str(file) in str(caught.value)
    assert "secret-text" not in str(caught.value)


def test_an_exposure_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "lock.json"
    save_lock(Lock((LOCK.approvals[0], LOCK.approvals[0])), str(file))
    with pytest.raises(InputError, match="twice"):
        load_lock(str(file))
