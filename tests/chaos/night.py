"""The processes of a night: a company, a broker, three workers, and a hand that kills them."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from operator import itemgetter
from typing import TYPE_CHECKING, Self

from sqlalchemy import select

import simulator
from batches.store.ledger import Ledger, standing
from batches.store.ledger.schema import workers
from tests.chaos.weather import FAULTS, manifest
from tests.end_to_end.broker import Broker
from tests.end_to_end.people import Company

if TYPE_CHECKING:
    from pathlib import Path

    from batches.store.ledger.standing import Standing

WORKERS = 3

KILL_SECONDS = 5.0
"""From one killed worker to the next: time enough for a new one to begin something that is worth a kill."""

BROKER_AWAY_SECONDS = 1.0

REST_SECONDS = 300.0
"""How long after the violence all has to be at rest. The longest wait of a job is a minute."""

SLOTS = {"standard": 24, "kontext-max": 4}
"""Of the account. The company gives twice as many, so that it sees when the fleet oversteps its own limit."""

COMPANY_SLOTS = 48

MEDIAN_SECONDS, SPREAD = 3.0, 0.5
"""Of the time that BFL takes for a picture."""

BUG = '"event": "bug"'
"""In a line of the workers' log: an error that nobody foresaw."""

ACCOUNT = """
[accounts.chaos]
key_env = "CHAOS_BFL_KEY"
api_url = "{url}"
slots = {{standard = {standard}, kontext-max = {kontext}}}
"""


class Night:
    """One batch, and everything that carries it out: leave the block, and nothing is left behind."""

    def __init__(self, folder: Path, *, seed: int) -> None:
        self.folder = folder
        self.images = folder / "images"
        self.blows: Counter[str] = Counter()  # what was done to it, and how often
        self.deserters = 0  # workers that had begun, and ended unasked
        self._dice = random.Random(seed)
        self._workers: list[subprocess.Popen[bytes]] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        company = simulator.running(median=MEDIAN_SECONDS, spread=SPREAD, slots=COMPANY_SLOTS)
        self.company = Company(self._stack.enter_context(company).url)
        self._broker = Broker(self.folder / "broker.sock")
        self._broker.start()
        self._stack.callback(self._broker.kill)
        (self.folder / "fluxbatch.toml").write_text(
            ACCOUNT.format(url=self.company.url, standard=SLOTS["standard"], kontext=SLOTS["kontext-max"])
        )
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            _kill(worker)
        self._stack.close()

    def submit(self, jobs: int) -> None:
        """Write the batch into the ledger."""
        file = self.folder / "chaos.yaml"
        file.write_text(manifest(jobs))
        submitting = self._started("submit", str(file), "--yes")
        if submitting.wait():
            raise SystemExit(f"fluxbatch submit failed: {self._log.read_text()}")
        self.ledger = self._stack.enter_context(Ledger(f"sqlite:///{self.folder / 'ledger.db'}"))

    def violence(self, seconds: float) -> None:
        """Kill a worker every few seconds; restart the broker at one and three quarters, flush it at half time."""
        self.company.spoil(FAULTS)
        self._workers = [self._worker() for _ in range(WORKERS)]
        began = time.monotonic()
        blows = [(KILL_SECONDS * number, self._kill_a_worker) for number in range(1, int(seconds / KILL_SECONDS))]
        blows += [(seconds / 4, self._restart_broker), (seconds * 3 / 4, self._restart_broker)]
        blows += [(seconds / 2, self._flush_broker)]
        for moment, blow in sorted(blows, key=itemgetter(0)):
            _sleep_until(began + moment)
            blow()
        _sleep_until(began + seconds)

    def rest(self) -> Standing:
        """Mend everything, and wait until nothing more happens, or for as long as it may take."""
        self.blows["faults that struck"] = sum(fault["struck"] for fault in self.company.faults())
        self.company.mend()
        self._kill_a_worker()  # whoever starts a worker has mended what was wrong: it ends the rests of the lanes
        deadline = time.monotonic() + REST_SECONDS
        while not (self._standing().rests and self._company_rests()) and time.monotonic() < deadline:
            time.sleep(0.2)
        self._look_after_workers()
        return self._standing()

    def mistakes(self) -> int:
        """Errors in the workers' log that nobody foresaw."""
        return self._log.read_text().count(BUG)

    def _look_after_workers(self) -> None:
        """As whatever keeps services running does: one that came while the broker was away begins anew."""
        for place, worker in enumerate(self._workers):
            if worker.poll() is not None:
                had_begun = self._had_begun(worker)
                self.deserters += had_begun
                self.blows["workers that found no broker"] += not had_begun
                self._replace(place)

    def _had_begun(self, worker: subprocess.Popen[bytes]) -> bool:
        with self.ledger.read() as tx:
            return worker.pid in set(tx.scalars(select(workers.c.pid)))

    def _standing(self) -> Standing:
        with self.ledger.read() as tx:
            return standing.standing_of(tx, standing.list_batches(tx)[0])

    def _company_rests(self) -> bool:
        return not any(self.company.books()["active"].values())

    def _kill_a_worker(self) -> None:
        self._look_after_workers()
        self._replace(self._dice.randrange(WORKERS))
        self.blows["workers killed"] += 1

    def _replace(self, place: int) -> None:
        _kill(self._workers[place])
        self._workers[place] = self._worker()

    def _restart_broker(self) -> None:
        self._broker.kill()
        time.sleep(BROKER_AWAY_SECONDS)
        self._broker.start()
        self.blows["broker restarted"] += 1

    def _flush_broker(self) -> None:
        self._broker.flush()
        self.blows["broker flushed"] += 1

    def _worker(self) -> subprocess.Popen[bytes]:
        return self._started("worker", "--account", "chaos", "--log-json", "--while-stdin-open")

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _started(self, *words: str) -> subprocess.Popen[bytes]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("FLUXBATCH_", "BFL_"))}
        ours = {"FLUXBATCH_HOME": str(self.folder), "FLUXBATCH_BROKER_URL": self._broker.url}
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "console", *words],
                cwd=self.folder,
                env={**clean, **ours, "CHAOS_BFL_KEY": "a-good-key", "NO_COLOR": "1"},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )


def _kill(worker: subprocess.Popen[bytes]) -> None:
    with worker:
        worker.kill()


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
