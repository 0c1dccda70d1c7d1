"""The engine's figures: real `fluxbatch` processes on a simulator, one run per latency: `./run bench engine`.

`./run bench engine 3 400` runs 400 jobs with a median of 3 seconds, `--no-progress` where polls shall not tell how much
is done, `--pixels 1024` for larger pictures, `--slots 200` for more of them at a time. Worker and simulator share the
machine; CPU is the worker's alone and counts from its first job, not from its start.
"""

from __future__ import annotations

import argparse
import heapq
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any

import httpx
from sqlalchemy import func, select

import simulator
from batches.store.ledger import Ledger
from batches.store.ledger.schema import batches, jobs, workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Select

RUNS = [(0.6, 1500), (3.0, 400), (10.0, 150)]
"""Median seconds and jobs: a minute each."""

SPREAD = 0.35
"""Sigma of the latencies' logarithm."""

ACCOUNT = """
[accounts.bench]
key_env = "BENCH_BFL_KEY"
api_url = "{url}"
slots = {{standard = {slots}}}
"""

MANIFEST = """
version: 1
name: engine
model: flux-dev
params: {{width: {pixels}, height: {pixels}}}
prompts: {{from: prompts.txt}}
"""


def main() -> None:
    """Measure and print one JSON document."""
    options = _options()
    runs = [(options.median, options.jobs)] if options.median else RUNS
    figures = [_measured(median, count, options) for median, count in runs]
    load = {"load": os.getloadavg(), "processors": os.cpu_count()}
    json.dump({"runs": figures, **load}, sys.stdout, indent=2)
    sys.stdout.write("\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("median", type=float, nargs="?")
    parser.add_argument("jobs", type=int, nargs="?", default=400)
    parser.add_argument("--pixels", type=int, default=256)
    parser.add_argument("--slots", type=int, default=24)
    parser.add_argument("--no-progress", action="store_true")
    return parser.parse_args()


def _measured(median: float, count: int, options: argparse.Namespace) -> dict[str, Any]:
    """One batch on a new ledger, a new broker and a new simulator."""
    slots, flags = options.slots, ["--no-progress"] if options.no_progress else []
    with (
        tempfile.TemporaryDirectory() as folder,
        simulator.running(median=median, spread=SPREAD, slots=slots, credits=1e9, flags=flags) as company,
        _worker(folder, company.url, slots) as worker,
        Ledger(f"sqlite:///{folder}/ledger.db") as ledger,
    ):
        _until(lambda: _ask(ledger, select(func.count()).select_from(workers)))
        time.sleep(1)
        began = _cpu_seconds(worker.pid)
        _submit(folder, count, options.pixels)
        _until(lambda: _ask(ledger, select(func.count()).where(batches.c.ended_at.is_not(None))))
        cpu = _cpu_seconds(worker.pid) - began
        books = httpx.get(f"{company.url}/_sim/stats", trust_env=False).json()
        tasks = httpx.get(f"{company.url}/_sim/tasks", trust_env=False).json()["tasks"]
        done_at = _ask(ledger, select(func.max(jobs.c.changed_at)))
        return {
            "median_seconds": median,
            "jobs": count,
            "slots": slots,
            **_times(tasks, slots, done_at),
            "polls_per_job": round(books["polls"] / count, 2),
            "cpu_ms_per_job": round(1000 * cpu / count, 2),
            "peak_mb": _peak_mb(worker.pid),
            "peak_active": books["peak_active"]["standard"],
            "refused_429": books["refused_429"],
        }


def _times(tasks: Sequence[dict[str, Any]], slots: int, ended: float) -> dict[str, float]:
    """Against the ideal, and against slots that are filled and freed in no time: even their last round is not full."""
    services = [task["finished_at"] - task["accepted_at"] for task in tasks]
    makespan, ideal = ended - tasks[0]["accepted_at"], sum(services) / slots
    return {
        "makespan_seconds": round(makespan, 1),
        "ideal_seconds": round(ideal, 1),
        "ratio": round(makespan / ideal, 3),
        "ratio_to_best": round(makespan / _makespan_at_best(services, slots), 3),
        "mean_service_seconds": round(mean(services), 3),
    }


def _makespan_at_best(services: Sequence[float], slots: int) -> float:
    free_at = [0.0] * slots
    for seconds in services:
        heapq.heapreplace(free_at, free_at[0] + seconds)
    return max(free_at)


@contextmanager
def _worker(folder: str, url: str, slots: int) -> Iterator[subprocess.Popen[bytes]]:
    (Path(folder) / "fluxbatch.toml").write_text(ACCOUNT.format(url=url, slots=slots))
    with _started(folder, "worker", "--while-stdin-open", "--threads", str(max(64, 2 * slots))) as process:
        try:
            yield process
        finally:
            process.terminate()


def _submit(folder: str, count: int, pixels: int) -> None:
    manifest = Path(folder) / "m.yaml"
    manifest.write_text(MANIFEST.format(pixels=pixels))
    manifest.with_name("prompts.txt").write_text("".join(f"a fox, number {number}\n" for number in range(count)))
    with _started(folder, "submit", str(manifest), "--yes") as process:
        if process.wait():
            raise SystemExit("fluxbatch submit failed")


def _started(folder: str, *words: str) -> subprocess.Popen[bytes]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("FLUXBATCH_", "BFL_"))}
    return subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, "-m", "console", *words],
        cwd=folder,
        env={**clean, "FLUXBATCH_HOME": folder, "FLUXBATCH_ACCOUNT": "bench", "BENCH_BFL_KEY": "a-bench-key"},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=(Path(folder) / "log").open("ab"),
    )


def _ask(ledger: Ledger, query: Select[int] | Select[float]) -> float:
    with ledger.read() as tx:
        return tx.scalar(query) or 0


def _until(came: Callable[[], object]) -> None:
    while not came():
        time.sleep(0.5)


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_mb(pid: int) -> int:
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) // 1024 if found else 0


if __name__ == "__main__":
    main()
