"""A million rows from CSV through a template: planned, submitted, submitted again: `./run bench plan_scale`.

Each step is a process of its own, so that seconds and peak memory are what a person would see. On two cores a plan
shall take 15 s and 250 MB, a submission 40 s and 300 MB, and one with nothing new 20 s. `submit` plans first.
"""

from __future__ import annotations

import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = 1_000_000

MANIFEST = """
version: 1
name: scale
model: flux-2-pro
params: {width: 1024, height: 1024}
prompt: "{subject} at {time}, {style}"
prompts: {from: rows.csv}
"""


def main() -> None:
    """Measure and print one JSON document."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), rows)
        steps = {step: _measured(verb, folder) for step, verb in STEPS.items()}
    json.dump({"rows": rows, **steps}, sys.stdout, indent=2)
    sys.stdout.write("\n")


def _write(folder: Path, rows: int) -> None:
    (folder / "m.yaml").write_text(MANIFEST)
    with (folder / "rows.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["subject", "time", "style"])
        writer.writerows(
            [f"A red fox, number {row}", ("dawn", "noon", "dusk")[row % 3], "woodcut"] for row in range(rows)
        )


def _measured(verb: str, folder: str) -> dict[str, float]:
    """One step in a fresh process, as it measured itself."""
    command = [sys.executable, __file__, verb, folder]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # this very file
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _plan(folder: Path) -> int:
    from batches.manifest import read_manifest
    from batches.planning import make_plan

    return make_plan(read_manifest(folder / "m.yaml")).unique


def _submit(folder: Path) -> int:
    from batches.store.ledger import Ledger
    from console.actions import submitting

    with Ledger(f"sqlite:///{folder}/ledger.db") as ledger:
        plan = submitting.plan_of(folder / "m.yaml")
        surveyed = submitting.survey(ledger, plan, "bench", again=False)
        return submitting.submit(ledger, plan, "bench", surveyed).total


VERBS = {"plan": _plan, "submit": _submit}
STEPS = {"plan": "plan", "submit": "submit", "submit_again": "submit"}


def _step(verb: str, folder: Path) -> None:
    """In the child: do it, and say what it took."""
    began = time.perf_counter()
    jobs = VERBS[verb](folder)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    told = {"jobs": jobs, "seconds": round(seconds, 1), "per_second": round(jobs / seconds), "peak_mb": round(peak)}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in VERBS:
        _step(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
