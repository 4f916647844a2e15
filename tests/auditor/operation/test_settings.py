from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from auditor.access.ratelimit import Rate
from auditor.access.setup import check_binding
from auditor.config import load_config
from auditor.errors import ConfigError
from auditor.operation import start
from auditor.operation.settings import Oidc, Serve, Webhook, is_loopback, load_serve, read_serve
from auditor.operation.start import check_start

WHOLE = """
[serve]
host = "0.0.0.0"
port = 8443
hosts = ["Audit.Example.com"]
proxies = ["10.0.0.1"]
tokens = "tokens.toml"
trail = "/var/log/auditor/trail.jsonl"
state = "state"
drain = 2
log = "json"
tracing = "https://collector.example/v1/traces"
[serve.limits.read]
per_second = 5
[serve.oidc]
issuer = "https://login.example"
audience = "auditor"
claim = "realm_access.roles"
[serve.oidc.roles]
privacy = ["read", "approve"]
[serve.webhook]
url = "https://chat.example/hook"
"""


def test_every_setting(tmp_path: Path) -> None:
    file = tmp_path / "auditor.toml"
    file.write_text(WHOLE)
    found = load_serve(str(file))
    assert (found.host, found.port, found.hosts, found.drain, found.log) == (
        "0.0.0.0",
        8443,
        ("audit.example.com",),
        2.0,
        "json",
    )
    assert (found.tokens, found.trail, found.state) == (
        tmp_path / "tokens.toml",
        Path("/var/log/auditor/trail.jsonl"),
        tmp_path / "state",
    )
    assert found.limits["read"] == Rate(5, 200)
    assert found.oidc is not None
    assert found.oidc.roles == {"privacy": {"read", "approve"}}
    assert found.webhook is not None
    load_config(str(file))  # a scan with the same file minds none of it


def test_nothing_said_is_all_usual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_serve(None) == Serve()


def test_all_mistakes_are_told_at_once_and_no_value(tmp_path: Path) -> None:
    file = tmp_path / "auditor.toml"
    file.write_text("""
[serve]
port = 70000
hosts = "canary"
log = "canary"
drain = true
canery = 1
tracing = "http://canary.example/"
[serve.limits.read]
burst = 0
[serve.limits.other]
[serve.oidc]
issuer = "https://ana:canary@login.example"
algorithms = ["none", "HS256"]
[serve.oidc.roles]
privacy = ["canary"]
[serve.webhook]
url = "file:///canary"
""")
    with pytest.raises(ConfigError) as caught:
        load_serve(str(file))
    said = str(caught.value)
    for key in (
        *("serve.port", "serve.hosts", "serve.log", "serve.drain", "'serve.canery'", "serve.tracing", "serve.state"),
        *("serve.limits.read.burst", "'serve.limits.other'", "serve.oidc.issuer", "serve.oidc.audience"),
        *("serve.oidc.algorithms", "serve.oidc.roles", "serve.webhook.url"),
    ):
        assert key in said
    assert "canary" not in said


def test_every_mistaken_type_is_a_mistake() -> None:
    for data in ("serve = 1", "serve = []", "[serve]\noidc = 1", "[serve]\nlimits = 'x'"):
        assert read_serve(tomllib.loads(data)["serve"], Path())[1]


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("127.8.8.8", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("audit.example", False),
    ],
)
def test_loopback(host: str, is_local: bool) -> None:
    assert is_loopback(host) is is_local


def test_beyond_loopback_only_with_authentication_and_names() -> None:
    open_to_all = Serve(host="0.0.0.0", hosts=("audit.example",))
    with pytest.raises(ConfigError, match="auditor token new"):
        check_binding(open_to_all, {})
    check_binding(open_to_all, {"AUDITOR_TOKENS": "tokens = []"})
    check_binding(Serve(), {})
    with pytest.raises(ConfigError, match=r"serve\.hosts"):
        check_binding(Serve(host="::", tokens=Path("tokens.toml")), {})


def test_all_that_keeps_it_from_starting_is_told_at_once(tmp_path: Path) -> None:
    settings = Serve(host="0.0.0.0", tokens=tmp_path / "none.toml", webhook=Webhook("https://hook.example/"))
    with pytest.raises(ConfigError) as caught:
        check_start(settings, {})
    for part in ("serve.hosts", "none.toml", "AUDITOR_WEBHOOK_SECRET"):
        assert part in str(caught.value)
    check_start(Serve(), {})


def test_packages_that_are_asked_for_and_missing_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Serve(oidc=Oidc("https://login.example", "a"), tracing="https://collector.example/v1/traces")
    check_start(settings, {})
    monkeypatch.setattr(start, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"privacy-auditor\[oidc,tracing\]"):
        check_start(settings, {})


def test_how_the_store_is_kept_and_how_much_is_taken() -> None:
    data = {"store": {"window": 1, "keep_spans": 2, "quiet": 0.5}, "intake": {"request_mib": 3, "remembered": 60}}
    found, mistakes = read_serve(data, Path())
    receiving = found.receiving
    assert not mistakes
    assert (receiving.pace.window, receiving.pace.quiet, receiving.keep.spans) == (86_400, 0.5, 2)
    assert (receiving.limits.request_bytes, receiving.limits.remembered_seconds) == (3 << 20, 60)


@pytest.mark.parametrize(
    ("store", "said"),
    [
        ({"keep_spans": 40}, "serve.store.keep_spans must be at most keep_contexts"),
        ({"window": 400}, "serve.store.window must be at most keep_models"),
        ({"windows": 3}, "unknown setting 'serve.store.windows'"),
    ],
)
def test_what_of_the_store_cannot_be(store: dict[str, object], said: str) -> None:
    assert any(mistake.startswith(said) for mistake in read_serve({"store": store}, Path())[1])
