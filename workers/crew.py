"""What a worker has besides Celery's own parts, as a step of Celery's start and end.

    Celery   made ─── pool ─── listening … told to leave ─── pool stopped ─── gone
    ours     arrive   feed                 drain             depart

`fluxbatch worker` and `celery -A workers.app worker` both start and end this way.
"""

from __future__ import annotations

import logging
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

from celery import bootsteps, signals
from celery.concurrency.thread import TaskPool
from celery.platforms import EX_FAILURE

from batches.errors import FluxbatchError
from workers import log
from workers.accounts import Accounts
from workers.app import add_tasks
from workers.broker import for_celery
from workers.embedded import broker_address, embedded_broker
from workers.settings import Settings
from workers.worker import Worker

if TYPE_CHECKING:
    from celery.apps.worker import Worker as CelerysWorker

_kept_up = ExitStack()
"""Never closed: Celery leaves the broker last of all, and the embedded one goes with its last user's process."""


class Crew(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery ships no types
    """Ties a worker of ours to Celery's."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: CelerysWorker, worker: Worker | None = None, **options: object) -> None:
        """Take this worker, or one for the environment's account."""
        super().__init__(parent, **options)
        self._worker = worker or _hired(parent)
        add_tasks(parent.app, self._worker.carry)
        signals.worker_shutting_down.connect(self._on_signal, weak=False)
        self._worker.arrive()

    def start(self, _: CelerysWorker) -> None:
        """There are threads now, so doorbells may ring."""
        self._worker.feed()

    def close(self, _: CelerysWorker) -> None:
        """Told to leave, also by `celery control shutdown`, which is no signal."""
        self._worker.drain()

    def stop(self, parent: CelerysWorker) -> None:
        """Wait for the threads to hand over, then go."""
        parent.pool.stop()
        self._worker.depart()
        if self._worker.fatal is not None:
            parent.exitcode = EX_FAILURE

    def terminate(self, parent: CelerysWorker) -> None:
        """In haste the way out is the same: it is short, and a submission that is cut off may have been paid."""
        self.stop(parent)

    def info(self, _: CelerysWorker) -> dict[str, object]:
        """Our lines in `celery inspect stats`."""
        return {"fluxbatch": {"worker": self._worker.id, "account": self._worker.account}}

    def _on_signal(self, **_: object) -> None:
        self._worker.drain()


def _hired(parent: CelerysWorker) -> Worker:
    """A worker for the environment's account, on the broker that Celery was told."""
    if not issubclass(parent.pool_cls, TaskPool):
        raise SystemExit("Error: a worker carries its jobs in threads. Start it with --pool threads.")
    log.configure(level=min(parent.loglevel, logging.INFO), as_json=not sys.stderr.isatty())
    try:
        return _of_environment(parent)
    except FluxbatchError as error:
        raise SystemExit(f"Error: {error}") from error


def _of_environment(parent: CelerysWorker) -> Worker:
    settings = Settings.load()
    account = Accounts.of(settings).usual
    account.key()  # who has none learns it before anything is begun
    if parent.app.conf.broker_url == for_celery(broker_address(settings.home)):
        _kept_up.enter_context(embedded_broker(settings.home))
    return Worker(settings, account, parent.app, threads=parent.concurrency)
