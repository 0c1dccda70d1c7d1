"""The engine's figures: real `fluxbatch` processes on a simulator, one run per latency: `./run bench engine`.

`./run bench engine 3 400` runs 400 jobs with a median of 3 seconds, `--no-progress` where polls shall not tell how much
is done, `--pixels 1024` for larger pictures, `--slots 200` for more of them at a time. Worker and simulator share the
machine; CPU is the worker's alone and counts from its first job, not from its start.

`ratio` is the makespan against the sum of all service times divided by the slots. Nobody reaches 1: at the end the last
jobs are alone. `best_ratio` is what slots come to that are filled and freed in no time, for the same jobs in their
order; the more jobs, the nearer to 1. Counts are of a run of its own, because counting costs time.
"""

from __future__ import annotations

import argparse
import heapq
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any

import httpx
from sqlalchemy import func, select

import simulator
from batches.store.images import Draft, verify
from batches.store.ledger import Ledger
from batches.store.ledger.schema import batches, jobs, workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Select

Run = tuple[float, int]
"""Median seconds and jobs."""

RUNS: list[list[Run]] = [[(0.6, 2000)], [(3.0, 1000), (10.0, 500)]]
"""Those that run side by side stand together: one minute, then four. At 10 s, 500 jobs leave the
best filling at about 1.04; `./run bench engine 10 1500` brings it to 1.015, in eleven minutes."""

COUNTED = (0.6, 400)
"""The run that is counted."""

FLUXBATCH = ("-m", "console")
"""The program, for Python."""

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
    rounds = [[(options.median, options.jobs)]] if options.median else RUNS
    with ProcessPoolExecutor() as runs:
        figures = [one for together in rounds for one in runs.map(partial(_measured, options=options), together)]
    counts = _counted(rounds[0][0] if options.median else COUNTED, options)
    load = {"load": os.getloadavg(), "processors": os.cpu_count()}
    json.dump({"runs": figures, "counts_per_job": counts, **load}, sys.stdout, indent=2)
    sys.stdout.write("\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("median", type=float, nargs="?")
    parser.add_argument("jobs", type=int, nargs="?", default=400)
    parser.add_argument("--pixels", type=int, default=256)
    parser.add_argument("--slots", type=int, default=24)
    parser.add_argument("--no-progress", action="store_true")
    return parser.parse_args()


def _measured(run: Run, options: argparse.Namespace) -> dict[str, Any]:
    """The figures of one batch."""
    median, count = run
    with _engine(median, options) as engine:
        began = _cpu_seconds(engine.worker.pid)
        engine.work_off(count, options.pixels)
        cpu = _cpu_seconds(engine.worker.pid) - began
        books, tasks = engine.ask("stats"), engine.ask("tasks")["tasks"]
        return {
            "median_seconds": median,
            "jobs": count,
            "slots": options.slots,
            **_times(tasks, options.slots, engine.read(select(func.max(jobs.c.changed_at)))),
            "polls_per_job": round(books["polls"] / count, 2),
            "cpu_ms_per_job": round(1000 * cpu / count, 2),
            "cpu_ms_to_decode": engine.decoding_ms(),
            "peak_mb": _peak_mb(engine.worker.pid),
            "peak_active": books["peak_active"]["standard"],
            "refused_429": books["refused_429"],
        }


def _counted(run: Run, options: argparse.Namespace) -> dict[str, float]:
    """What one job asks of others, on average; what a worker asks by the clock alone is in it."""
    median, count = run
    with _engine(median, options, Path(__file__).with_name("counted.py"), "counts") as engine:
        before = engine.counts()
        engine.work_off(count, options.pixels)
        after = engine.counts()
        books = engine.ask("stats")
    calls = {"polls": books["polls"], "http_calls": sum((books["accepted"], books["polls"], books["downloads"]))}
    own = {what: total - before[what] for what, total in after.items()}
    return {what: round(total / count, 2) for what, total in {**own, **calls}.items()}


@dataclass(frozen=True, slots=True)
class Engine:
    """A worker at work, all its own: ledger, broker and simulator."""

    folder: Path  #: its home
    company: str  #: the simulator's URL
    worker: subprocess.Popen[bytes]
    ledger: Ledger

    def work_off(self, count: int, pixels: int) -> None:
        """Submit a batch and wait for its end."""
        _submit(self.folder, count, pixels)
        _until(lambda: self.read(select(func.count()).where(batches.c.ended_at.is_not(None))), self.worker)

    def read(self, query: Select[int] | Select[float]) -> float:
        """One number from the ledger."""
        with self.ledger.read() as tx:
            return tx.scalar(query) or 0

    def ask(self, what: str) -> Any:  # noqa: ANN401  # JSON
        """What the simulator says."""
        return httpx.get(f"{self.company}/_sim/{what}", trust_env=False).json()

    def counts(self) -> dict[str, int]:
        """What a counted worker has counted so far."""
        told = self.folder / "counts"
        told.unlink(missing_ok=True)
        self.worker.send_signal(signal.SIGUSR2)
        _until(told.exists, self.worker)
        return dict(json.loads(told.read_text()))

    def decoding_ms(self) -> float:
        """CPU that the decoding of one of the pictures takes, which is a part of each job's and is done in C."""
        pictures = [sidecar.with_suffix("") for sidecar in self.folder.glob("images/*/*.*.json")][:50]
        began = time.process_time()
        for path in pictures:
            with path.open("rb") as file:
                verify(Draft(file), path.suffix[1:])
        return round(1000 * (time.process_time() - began) / len(pictures), 2)


@contextmanager
def _engine(median: float, options: argparse.Namespace, *program: str | Path) -> Iterator[Engine]:
    """Start one; `program` stands in for `fluxbatch`."""
    slots, flags = options.slots, ["--no-progress"] if options.no_progress else []
    with (
        tempfile.TemporaryDirectory() as home,
        simulator.running(median=median, spread=SPREAD, slots=slots, credits=1e9, flags=flags) as company,
        _worker(Path(home), company.url, slots, program or FLUXBATCH) as worker,
        Ledger(f"sqlite:///{home}/ledger.db") as ledger,
    ):
        engine = Engine(Path(home), company.url, worker, ledger)
        _until(lambda: engine.read(select(func.count()).select_from(workers)), worker)
        time.sleep(1)
        yield engine


def _times(tasks: Sequence[dict[str, Any]], slots: int, ended: float) -> dict[str, float]:
    """Against the ideal, and against slots that are filled and freed in no time: even their last round is not full."""
    services = [task["finished_at"] - task["accepted_at"] for task in tasks]
    makespan, best = ended - tasks[0]["accepted_at"], _makespan_at_best(services, slots)
    ideal = sum(services) / slots
    return {
        "makespan_seconds": round(makespan, 1),
        "ideal_seconds": round(ideal, 1),
        "ratio": round(makespan / ideal, 3),
        "best_ratio": round(best / ideal, 3),
        "ratio_to_best": round(makespan / best, 3),
        "mean_service_seconds": round(mean(services), 3),
    }


def _makespan_at_best(services: Sequence[float], slots: int) -> float:
    free_at = [0.0] * slots
    for seconds in services:
        heapq.heapreplace(free_at, free_at[0] + seconds)
    return max(free_at)


@contextmanager
def _worker(home: Path, url: str, slots: int, program: Sequence[str | Path]) -> Iterator[subprocess.Popen[bytes]]:
    (home / "fluxbatch.toml").write_text(ACCOUNT.format(url=url, slots=slots))
    threads = str(max(64, 2 * slots))
    with _started(home, *program, "worker", "--while-stdin-open", "--threads", threads) as process:
        try:
            yield process
        finally:
            process.terminate()


def _submit(home: Path, count: int, pixels: int) -> None:
    manifest = home / "m.yaml"
    manifest.write_text(MANIFEST.format(pixels=pixels))
    manifest.with_name("prompts.txt").write_text("".join(f"a fox, number {number}\n" for number in range(count)))
    with _started(home, *FLUXBATCH, "submit", str(manifest), "--yes") as process:
        if process.wait():
            raise SystemExit("fluxbatch submit failed")


def _started(home: Path, *words: str | Path) -> subprocess.Popen[bytes]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("FLUXBATCH_", "BFL_"))}
    return subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, *words],
        cwd=home,
        env={**clean, "FLUXBATCH_HOME": str(home), "FLUXBATCH_ACCOUNT": "bench", "BENCH_BFL_KEY": "a-bench-key"},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=(home / "log").open("ab"),
    )


def _until(came: Callable[[], object], worker: subprocess.Popen[bytes]) -> None:
    while not came():
        if worker.poll() is not None:
            raise SystemExit(f"the worker ended with {worker.returncode}")
        time.sleep(0.5)


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_mb(pid: int) -> int:
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) // 1024 if found else 0


if __name__ == "__main__":
    main()
