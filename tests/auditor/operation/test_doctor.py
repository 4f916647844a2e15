"""Every check of the doctor, made to find something and to find nothing."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from api.examples import EXAMPLE
from auditor.operation import examine, places
from auditor.operation.findings import Finding
from reports.audit_json import dumps
from tests.support.commands import auditor

GOOD = """
[serve]
port = 0
tokens = "tokens.toml"
state = "state"
trail = "state/trail.jsonl"
"""


@pytest.fixture
def healthy(tmp_path: Path) -> Path:
    """A folder where a service would start."""
    (tmp_path / "audit.json").write_text(dumps(EXAMPLE))
    (tmp_path / "auditor.toml").write_text(GOOD)
    auditor("token", "new", "ana", "--scope", "read", folder=tmp_path)
    (tmp_path / "state").mkdir(mode=0o700)
    with closing(sqlite3.connect(tmp_path / "state" / "news.sqlite")) as base:
        base.execute("CREATE TABLE t (n)")
        base.commit()
    return tmp_path


def found(folder: Path, *arguments: str) -> tuple[int, list[tuple[str, str, str]]]:
    """Exit code, and what was found that is not good."""
    ran = auditor("doctor", "--json", *arguments, folder=folder)
    data: Any = json.loads(ran.stdout)
    bad = [(one["check"], one["level"], one["what"]) for one in data["findings"] if one["level"] != "ok"]
    assert data["problems"] == sum(level == "problem" for _, level, _ in bad)
    return ran.returncode, bad


def test_a_healthy_place(healthy: Path) -> None:
    code, bad = found(healthy, "--audit", ".")
    assert code == 0
    assert [check for check, _, _ in bad if check not in ("sqlite", "user", "disk")] == []
    ran = auditor("doctor", folder=healthy)
    assert ran.returncode == 0
    assert "Nothing to mend." in ran.stdout


def break_settings(folder: Path) -> None:
    (folder / "auditor.toml").write_text("[serve]\nport = 'x'\nhosst = 1\n")


def break_binding(folder: Path) -> None:
    (folder / "auditor.toml").write_text("[serve]\nhost = '0.0.0.0'\nport = 0\n")


def break_tokens(folder: Path) -> None:
    (folder / "tokens.toml").chmod(0o644)


def break_webhook(folder: Path) -> None:
    (folder / "auditor.toml").write_text(GOOD + '[serve.webhook]\nurl = "https://hook.example/"\n')


def break_audit(folder: Path) -> None:
    (folder / "audit.json").write_text("{}")


def break_store(folder: Path) -> None:
    file = folder / "state" / "news.sqlite"
    data = bytearray(file.read_bytes())
    data[100:200] = b"canary" * 16 + b"xxxx"
    file.write_bytes(data)


def break_state(folder: Path) -> None:
    (folder / "auditor.toml").write_text(GOOD.replace('"state"', '"tokens.toml"'))


def break_clock(folder: Path) -> None:
    os.utime(folder / "state" / "news.sqlite", (time.time() + 10_000,) * 2)


@pytest.mark.parametrize(
    ("check", "break_it", "said"),
    [
        ("settings", break_settings, "serve.port must be a whole number 0..65535; unknown setting 'serve.hosst'"),
        ("access", break_binding, "auditor token new"),
        ("tokens", break_tokens, "chmod 600"),
        ("webhook", break_webhook, "openssl rand"),
        ("audit", break_audit, "audit.json"),
        ("store", break_store, "auditor restore"),
        ("folder", break_state, "is no folder"),
        ("clock", break_clock, "NTP"),
    ],
)
def test_what_is_broken_is_found(healthy: Path, check: str, break_it: Any, said: str) -> None:
    break_it(healthy)
    code, bad = found(healthy, "--audit", ".")
    assert code == 2
    assert [what for name, level, what in bad if (name, level) == (check, "problem") and said in what]
    assert "canary" not in str(bad)


def test_tokens_that_end_soon(healthy: Path) -> None:
    auditor("token", "new", "soon", "--scope", "read", "--expires", "3d", folder=healthy)
    code, bad = found(healthy)
    assert code == 0
    assert [what for check, level, what in bad if (check, level) == ("tokens", "note") and what.startswith("soon ")]


def test_a_folder_open_to_others(healthy: Path) -> None:
    (healthy / "state").chmod(0o755)
    assert ("folder", "note") in {(check, level) for check, level, _ in found(healthy)[1]}


def test_a_port_in_use(healthy: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        (healthy / "auditor.toml").write_text(GOOD.replace("port = 0", f"port = {taken.getsockname()[1]}"))
        assert ("port", "note") in {(check, level) for check, level, _ in found(healthy)[1]}


@pytest.mark.parametrize(("free", "level"), [(1 << 20, "problem"), (1 << 30, "note"), (1 << 40, "ok")])
def test_room_on_the_disk(healthy: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: str) -> None:
    class Usage:
        def __init__(self, _: object) -> None:
            self.free = free

    monkeypatch.setattr(places.shutil, "disk_usage", Usage)
    assert {one.level for one in places.folders([healthy / "state"]) if one.check == "disk"} == {level}


@pytest.mark.parametrize(
    ("version", "level"),
    [((3, 6, 23), "ok"), ((3, 40, 1), "note"), ((3, 51, 2), "note"), ((3, 51, 3), "ok"), ((4, 0, 0), "ok")],
)
def test_versions_of_sqlite(version: tuple[int, ...], level: str) -> None:
    assert examine._sqlite(version).level == level


def test_an_issuer_is_only_asked_when_the_user_says_so(healthy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def issuer(settings: object) -> Finding:
        asked.append(settings)
        return Finding("oidc", "ok", "")

    monkeypatch.setattr(examine, "_issuer", issuer)
    oidc = '[serve.oidc]\nissuer = "https://login.example"\naudience = "a"\n[serve.oidc.roles]\nx = ["read"]\n'
    (healthy / "auditor.toml").write_text(GOOD + oidc)
    assert found(healthy)[0] == 0
    assert asked == []
    assert found(healthy, "--online")[0] == 0
    assert len(asked) == 1
