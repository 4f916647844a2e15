"""Our SQL reader beside other lineage tools: python -m tests.bench.sql TRUTH.jsonl.gz

Each tool runs in an environment of its own under build/bench, made on first use. The statements are the distinct texts
of a capture with placeholders as literals, since most tools reject placeholders. Ratios of CPU time, side by side.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

TOOLS = {"datahub": "acryl-datahub[sql-parser]", "sqllineage": "sqllineage", "openlineage": "openlineage-sql"}
MOST = {"datahub": 150, "datahub-parse": 400, "sqllineage": 40, "openlineage": 400}  # slow tools get fewer


def environment(tool: str) -> str:
    """The Python of a tool's own environment."""
    folder = Path("build/bench") / tool
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", TOOLS[tool]], check=True)
    return str(python)


def main(truth: str) -> None:
    """Print a table of rates, and ours over theirs."""
    with gzip.open(truth, "rt") as lines:
        texts = sorted({json.loads(line)["sql"] for line in lines})
    random.Random(1).shuffle(texts)  # slow tools get the first of these
    with tempfile.TemporaryDirectory() as folder:
        statements = Path(folder) / "statements.jsonl"
        plain = [re.sub(r"%\(\w+\)s|%s", "'x'", text) for text in texts]
        statements.write_text("".join(json.dumps({"sql": text}) + "\n" for text in plain))
        recorded = Path(folder) / "recorded.jsonl"
        recorded.write_text("".join(json.dumps({"sql": text}) + "\n" for text in texts))
        as_recorded = json.loads(_run(sys.executable, "-m", "tests.bench.sql_ours", str(recorded)))
        ours = json.loads(_run(sys.executable, "-m", "tests.bench.sql_ours", str(statements)))
        print(
            f"ours: {ours['texts']} statements; {ours['analyse']:.0f}/s with lineage and roles, "
            f"fingerprinted {as_recorded['shape']:.0f}/s as recorded, {ours['shape']:.0f}/s with literals; "
            f"a million statements in {as_recorded['stream']:.1f} s of CPU time when texts repeat, "
            f"in {as_recorded['fresh']:.1f} s when each text is new; in a process of its own "
            f"(started in {ours['start']:.1f} s) {ours['worker']:.0f}/s of wall time"
        )
        script = str(Path(__file__).with_name("sql_peer.py"))
        for tool, most in MOST.items():
            python = environment(tool.partition("-")[0])
            theirs = json.loads(_run(python, script, tool, str(statements), str(most)))
            lineage, fingerprint = ours["analyse"] / theirs["rate"], as_recorded["shape"] / theirs["rate"]
            print(
                f"{tool}: {theirs['rate']:.0f}/s over {theirs['statements']} statements, {theirs['failed']} failed; "
                f"ours with lineage and roles is {lineage:.1f}x, our fingerprint {fingerprint:.1f}x"
            )


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]


if __name__ == "__main__":
    main(sys.argv[1])
