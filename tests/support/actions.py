"""A stand-in for GitHub's runner: it runs the shell steps of a composite action, as far as that goes without GitHub."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")


@dataclass
class Runner:
    """Runs steps in `folder`; the runner's own files lie beside it. `path` comes before the system's PATH."""

    action: dict[str, Any]
    folder: Path
    path: str
    inputs: Mapping[str, str]
    context: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    def step(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = next(step for step in self.action["runs"]["steps"] if step.get("name") == name)
        return found

    def run(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run a step of this name, whatever its condition says."""
        step = self.step(name)
        files = {
            key: self.folder.parent / key.lower() for key in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")
        }
        for file in files.values():
            file.touch()
        files["GITHUB_OUTPUT"].write_text("")
        own = {key: self.value(str(value)) for key, value in step.get("env", {}).items()}
        environment = {
            "PATH": f"{self.path}:{os.environ['PATH']}",
            "HOME": str(self.folder.parent),
            "RUNNER_TEMP": str(self.folder.parent / "temp"),
            "GITHUB_ACTION_PATH": str(Path.cwd()),
            "GITHUB_REPOSITORY": "acme/shop",
            **{key: str(file) for key, file in files.items()},
            **self.environment,
            **own,
        }
        script = self.folder.parent / "step.sh"
        script.write_text(step["run"])
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        for line in files["GITHUB_OUTPUT"].read_text().splitlines():
            key, _, value = line.partition("=")
            self.outputs[f"steps.{step.get('id')}.outputs.{key}"] = value
        return ran

    def value(self, text: str) -> str:
        """An expression that names an input, an output or a part of the context."""
        given = {f"inputs.{name}": spec.get("default", "") for name, spec in self.action["inputs"].items()}
        given |= {f"inputs.{name}": value for name, value in self.inputs.items()}
        known = {**given, **self.context, **self.outputs}
        return EXPRESSION.sub(lambda match: known.get(match[1], ""), text)


def read_yaml(file: Path) -> Any:
    """A YAML file, in which `on` is a key as any other."""
    return yaml.load(file.read_text(encoding="utf-8"), _Loader)


class _Loader(yaml.SafeLoader):
    """YAML 1.2's booleans: GitHub reads `on:` as a text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
