"""The files under deploy/: do they fit the product, each other, and the formats that they are written in?"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from api.access.needs import INGEST
from auditor.access.setup import check_binding
from auditor.cli import app
from auditor.operation.families import BY_NAME
from auditor.operation.serving import GRACE
from auditor.operation.settings import Serve, read_serve

DEPLOY = Path("deploy").resolve()
COMPOSE, UNIT = DEPLOY / "compose" / "compose.yaml", DEPLOY / "systemd" / "auditor.service"
PROCESS = {"process_resident_memory_bytes", "process_cpu_seconds_total"}
OTHERS = {"job", "instance", "le"}  # labels that the scraper adds


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def dashboard() -> Any:
    return json.loads((DEPLOY / "grafana" / "dashboards" / "auditor.json").read_text())


def panels() -> list[Any]:
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def rules() -> list[Any]:
    return [rule for group in read(DEPLOY / "prometheus" / "alerts.yml")["groups"] for rule in group["rules"]]


def expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in rules())
    yield from (target["expr"] for panel in panels() for target in panel["targets"])


@pytest.mark.parametrize("expression", sorted(set(expressions())))
def test_only_metrics_and_labels_that_are_exported_are_asked_for(expression: str) -> None:
    text = re.sub(r'"[^"]*"', '""', expression)
    names = re.findall(r"\b(?:auditor|process)_\w+", text)
    assert names or text.startswith("up{")
    families = [BY_NAME.get(re.sub(r"_(bucket|count|sum)$", "", name)) or BY_NAME.get(name) for name in names]
    assert all(family or name in PROCESS for name, family in zip(names, families, strict=True)), names
    known = {label for family in families if family for label in family.labels} | OTHERS
    asked = [
        label
        for group in re.findall(r"\bby \(([^)]*)\)|\{([^}]*)\}", text)
        for label in re.findall(r"[a-z]\w*", "".join(group))
    ]
    assert set(asked) <= known, asked


def test_every_alert_says_what_happened_and_what_to_do() -> None:
    assert len({rule["alert"] for rule in rules()}) == len(rules())
    for rule in rules():
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"].keys() == {"summary", "description"}


def test_the_dashboard_is_in_order() -> None:
    everything = dashboard()["panels"]
    assert len({panel["id"] for panel in everything}) == len(everything)
    taken: set[tuple[int, int]] = set()
    for panel in everything:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
    assert all(panel["description"] and panel["title"] for panel in panels())


def test_every_state_and_outcome_is_shown_somewhere() -> None:
    text = " ".join(expressions())
    unseen = [name for name, family in BY_NAME.items() if not re.search(rf"\b{name}(_bucket)?\b", text)]
    assert set(unseen) <= {"auditor_build_info", "auditor_notifications_total"}


def test_compose_is_what_its_schema_says() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stdout


def test_compose_holds_together() -> None:
    compose = read(COMPOSE)
    for name, service in compose["services"].items():
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source in compose["volumes"] or (COMPOSE.parent / source).exists(), (name, source)
        assert set(service.get("secrets", ())) <= compose["secrets"].keys()
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    build = compose["services"]["auditor"]["build"]
    assert (COMPOSE.parent / build["context"] / build["dockerfile"]).exists()
    assert int(compose["services"]["auditor"]["stop_grace_period"].rstrip("s")) > GRACE + Serve().drain


def test_the_settings_of_compose_are_good_and_the_others_reach_it() -> None:
    data = tomllib.loads((COMPOSE.parent / "auditor.toml").read_text())
    settings, mistakes = read_serve(data["serve"], Path("/"))
    assert mistakes == []
    check_binding(settings, {})
    collector = read(COMPOSE.parent / "collector.yaml")
    (exporter,) = collector["exporters"].values()
    host, port = exporter["endpoint"].removeprefix("http://").split(":")
    assert (host in settings.hosts, int(port)) == (True, settings.port)
    assert host in read(COMPOSE)["services"]
    (scrape,) = read(DEPLOY / "prometheus" / "prometheus.yml")["scrape_configs"]
    assert scrape["static_configs"] == [{"targets": [f"{host}:{port}"]}]
    secrets = {f"/run/secrets/{name}" for name in read(COMPOSE)["secrets"]}
    assert {
        scrape["authorization"]["credentials_file"],
        collector["extensions"]["bearertokenauth"]["filename"],
    } == secrets


def test_the_collector_uses_what_it_declares() -> None:
    collector = read(COMPOSE.parent / "collector.yaml")
    assert set(collector["service"]["extensions"]) == collector["extensions"].keys()
    for signal, pipeline in collector["service"]["pipelines"].items():
        assert f"/v1/{signal}" in INGEST
        for kind, used in pipeline.items():
            assert set(used) <= collector[kind].keys()


def commands() -> Iterator[list[str]]:
    for line in UNIT.read_text().splitlines():
        if line.startswith(("ExecStart=", "ExecStartPre=")):
            yield shlex.split(line.partition("=")[2])[1:]
    for line in (DEPLOY / "compose" / "Dockerfile").read_text().splitlines():
        if line.startswith("CMD "):
            yield json.loads(line.removeprefix("CMD "))
    for line in COMPOSE.read_text().splitlines():
        if found := re.search(r"--no-deps auditor (.*?)(?: >|$)", line):
            yield shlex.split(found[1])


@pytest.mark.parametrize("command", list(commands()), ids=" ".join)
def test_every_command_is_one_of_the_product(command: list[str]) -> None:
    """Parsed, not run."""
    group: Any = get_command(app)
    context = group.make_context("auditor", list(command), resilient_parsing=False)
    while hasattr(group, "resolve_command"):
        name, group, rest = group.resolve_command(context, [*context._protected_args, *context.args])
        context = group.make_context(name, rest, parent=context)
    assert context.params


def test_the_image_holds_the_packages_of_the_product() -> None:
    wheel = tomllib.loads(Path("pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    copied = re.findall(r"^COPY (\w+) \1$", (DEPLOY / "compose" / "Dockerfile").read_text(), re.M)
    assert sorted(copied) == sorted(wheel)
    let_in = {line[1:] for line in Path(".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert set(wheel) <= let_in


def test_the_unit_gives_it_time_to_stop() -> None:
    (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", UNIT.read_text(), re.M)
    assert int(seconds) > GRACE + Serve().drain


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze here")
    unit = UNIT.read_text().replace("/opt/auditor/bin/auditor", sys.executable)
    (tmp_path / UNIT.name).write_text(re.sub("(?m)^(User|Group)=.*", r"\1=root", unit))
    ran = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / UNIT.name], capture_output=True, text=True, timeout=60
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_alerts_do_what_their_tests_say() -> None:
    if not shutil.which("promtool"):
        pytest.skip("no promtool here")
    for arguments in (["check", "rules", "alerts.yml"], ["test", "rules", "alerts.test.yml"]):
        command = ["promtool", *arguments]
        ran = subprocess.run(command, cwd=DEPLOY / "prometheus", capture_output=True, text=True, timeout=60)
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_hadolint_minds_nothing() -> None:
    if not shutil.which("hadolint"):
        pytest.skip("no hadolint here")
    ran = subprocess.run(["hadolint", DEPLOY / "compose" / "Dockerfile"], capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stdout) == (0, "")
