"""A million rows from CSV through a template: planned, submitted, submitted again: `./run bench plan_scale`.

Each step is the command itself, so that seconds and peak memory are what a person would see. On two cores a plan
shall take 15 s and 250 MB, a submission 40 s and 300 MB, and one with nothing new 20 s. `submit` plans first.
"""

from __future__ import annotations

import csv
import json
import os
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
        steps = {step: _measured(command, folder) for step, command in STEPS.items()}
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


def _measured(command: str, folder: str) -> dict[str, float]:
    """One command, as a person would run it."""
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, "-m", "console", *command.split()],
        cwd=folder,
        env={**os.environ, "FLUXBATCH_HOME": folder, "BFL_API_KEY": "none"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if status:
        raise SystemExit(f"{command} failed")
    peak = used.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    return {
        "seconds": round(seconds, 1),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(peak),
    }


STEPS = {"plan": "plan m.yaml", "submit": "submit m.yaml --yes", "submit_again": "submit m.yaml --yes"}


if __name__ == "__main__":
    main()
