"""`auditor policy`: the rules in force, and the examples that test them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.answers import print_json
from auditor.console import say
from auditor.files import DEFAULT_LOCK
from auditor.options import ConfigOption, JsonOption, LockOption

if TYPE_CHECKING:
    from lineage.gate.policy import Policy

app = typer.Typer(
    name="policy",
    help="The rules of policy.toml: show them, test them.",
    epilog="Example: auditor policy show   or   auditor policy test",
    no_args_is_help=True,
    rich_markup_mode=None,
)
FAILED = 2  # a policy that does not do what it says cannot be relied on; 1 is the gate's alone

Brief = Annotated[bool, typer.Option("--quiet", "-q", help="Only what fails.")]


@app.command("test", epilog="Example: auditor policy test   (exit 2 when an example does not come out as expected)")
def run_examples(lock: LockOption = DEFAULT_LOCK, config: ConfigOption = None, quiet: Brief = False) -> int:
    """Run the examples of policy.toml, and those of the rule packs it uses."""
    from lineage.gate.examples import run

    results = run(_policy(lock, config))
    for result in results:
        if not result.passed:
            say([f"FAILED {result.example.title} ({result.example.place})", f"    {result.told}"])
        elif not quiet:
            say([f"ok {result.example.title}"])
    failed = sum(not result.passed for result in results)
    say([f"{len(results)} examples, {failed} failed." if results else "No examples: write some, as [[examples]]."])
    return FAILED if failed else 0


@app.command("show", epilog="Example: auditor policy show")
def show_rules(lock: LockOption = DEFAULT_LOCK, config: ConfigOption = None, json_output: JsonOption = False) -> int:
    """List the rules in force, packs and own: what they ask for, and the law they are about."""
    rules = sorted(_policy(lock, config).rules, key=lambda rule: (rule.text.source, rule.id))
    if json_output:
        keys = ("id", "severity", "text", "law", "url", "source")
        print_json([{"effect": rule.effect} | {key: getattr(rule.text, key) for key in keys} for rule in rules])
        return 0
    for rule in rules:
        law = f" [{rule.text.law}: {rule.text.url}]" if rule.text.law else ""
        say([f"{rule.id} ({rule.text.source}, {rule.text.severity}): {rule.effect}", f"    {rule.text.text}{law}"])
    say([f"{len(rules)} rules."])
    return 0


def _policy(lock: str, config: str | None) -> Policy:
    from auditor.config import load_config
    from auditor.gate.folder import Folder
    from auditor.gate.policyfile import load_policy

    return load_policy(Folder(Path(lock)).policy, load_config(config).categories)
