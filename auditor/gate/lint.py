"""`auditor lint`: the state folder checked without any telemetry, fit for a pre-commit hook."""

from __future__ import annotations

from pathlib import Path

from auditor.console import say
from auditor.files import DEFAULT_LOCK
from auditor.options import ConfigOption, LockOption, QuietOption

WRONG = 2  # 1 is the gate's alone


def lint(lock: LockOption = DEFAULT_LOCK, config: ConfigOption = None, quiet: QuietOption = False) -> int:
    """Check the state folder, without any telemetry.

    Form, order, ids that are there twice, waivers that have ended or are not needed.
    """
    from auditor.gate.folder import Folder
    from auditor.gate.remarks import remarks_on

    remarks = list(remarks_on(Folder(Path(lock)), config))
    wrong = [remark for remark in remarks if remark.error]
    say(f"{'error' if remark.error else 'warning'}: {remark.text}" for remark in remarks if remark.error or not quiet)
    if not quiet:
        say([f"{Path(lock).parent}: {len(wrong)} errors, {len(remarks) - len(wrong)} warnings."])
    return WRONG if wrong else 0
