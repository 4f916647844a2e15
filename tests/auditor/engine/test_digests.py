"""Files hashed beside other work."""

from __future__ import annotations

import hashlib
from pathlib import Path
from threading import Event

import pytest

from auditor.engine.digests import digest, digests
from auditor.errors import InputError


def test_each_file_has_its_own_digest_in_their_order(tmp_path: Path) -> None:
    contents = [b"", b"one", b"two" * 1_000_000]
    files = [tmp_path / str(number) for number in range(len(contents))]
    for file, content in zip(files, contents, strict=True):
        file.write_bytes(content)
    with digests(files) as found:
        assert list(found) == [hashlib.sha256(content).hexdigest() for content in contents]


def test_a_file_that_is_gone_is_told_by_its_name(tmp_path: Path) -> None:
    with digests([tmp_path / "gone"]) as found, pytest.raises(InputError, match="gone: cannot be read"):
        next(found)


def test_who_leaves_need_not_wait_for_the_end(tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(b"x" * 3_000_000)
    stop = Event()
    stop.set()
    assert digest(file, stop) == hashlib.sha256(b"").hexdigest()
