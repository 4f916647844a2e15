"""Running the examples of a policy."""

from __future__ import annotations

from dataclasses import dataclass

from lineage.gate.judge import state_of
from lineage.gate.policy import Example, Policy


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an example; `told` says in words what was expected and what came."""

    example: Example
    passed: bool
    told: str


def run(policy: Policy) -> tuple[Result, ...]:
    """Every example of the policy against all of its rules."""
    return tuple(_run(policy, example) for example in policy.examples)


def _run(policy: Policy, example: Example) -> Result:
    state, decided = state_of(policy, example.subject, example.approved)
    missing = [id_ for id_ in example.rules if id_ not in decided.ids]
    by = f" by {', '.join(decided.ids)}" if decided.ids else " (no rule fits)"
    wanted = f" by {', '.join(example.rules)}" if example.rules else ""
    told = f"expected {example.expect}{wanted}, came {state}{by}"
    return Result(example, state == example.expect and not missing, told)
