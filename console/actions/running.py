"""Runs one batch to its end: workers beside us, and we look on."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batches.reports import cost_report
from batches.reports.receipt import write_receipt
from batches.store.images import open_store
from batches.store.ledger import payers
from batches.store.ledger.states import State
from console.exit_codes import ExitCode
from workers.bounds import bounds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batches.reports import CostReport
    from batches.store.ledger import Ledger
    from batches.store.ledger.records import Batch
    from batches.store.ledger.standing import Standing
    from console.actions.onlooking import Onlooker, Scene
    from console.actions.worker_process import WorkerProcess
    from workers.settings import Settings

STOPS = {
    "no credits": (ExitCode.REFUSED, "Add credits to the account."),
    "key refused": (ExitCode.REFUSED, "Set BFL_API_KEY, or the account's own, to a key that may use this model."),
    "image store": (ExitCode.UNREACHABLE, ""),  # the message names its own cure
}


@dataclass(frozen=True, slots=True)
class Ending:
    """Why there is nothing more to look at."""

    code: ExitCode
    message: str = ""  #: what kept the batch from coming to rest; empty when nothing did


def served(ledger: Ledger, batch: Batch) -> Sequence[str]:
    """The accounts that a batch needs workers of: those that pay, and those that have still got tickets of it."""
    with ledger.read() as tx:
        return sorted({*batch.accounts, *payers.with_tickets(tx, batch.id)})


def look_on(onlooker: Onlooker, workers: Sequence[WorkerProcess], show: Callable[[Scene], None]) -> Ending:
    """Watch until the one batch rests, its accounts are stopped, or a worker is gone."""
    while True:
        gone = next(((worker, code) for worker in workers if (code := worker.gone()) is not None), None)
        scene = onlooker.look()
        show(scene)
        [look] = scene.looks
        now, stop = look.standing, look.stop
        if now.rests:
            return Ending(code_of(now))
        if now.is_held:
            return Ending(ExitCode.STOPPED_BY_POLICY, f"paused, {now.batch.paused}: {now.batch.paused_message}")
        if stop is not None:
            code, cure = STOPS[stop.reason]
            return Ending(code, f"{stop.reason}: {stop.message} {cure}".strip())
        if gone is not None:
            worker, code_of_worker = gone
            return Ending(_code_of_worker(code_of_worker), f"the worker ended: {worker.last_words()}")
        onlooker.wait()


def code_of(now: Standing) -> ExitCode:
    """How a batch that rests ends the command."""
    return ExitCode.DONE if now.jobs.keys() <= {State.DONE} else ExitCode.FINISHED_WITH_GAPS


def report_of(ledger: Ledger, batch: Batch) -> CostReport:
    """The cost report as it stands now."""
    with ledger.read() as tx:
        return cost_report(tx, batch)


def keep_receipt(ledger: Ledger, now: Standing, settings: Settings) -> str | None:
    """Write the receipt of a batch that rests beside its pictures; returns where its page is."""
    if not now.rests:
        return None
    store, bounds = open_store(settings.images_url), bounds_of(settings)
    return write_receipt(ledger, store, now.batch.id, now=time.time(), bounds=bounds)


def _code_of_worker(code: int) -> ExitCode:
    return ExitCode(code) if code in list(ExitCode) and code != ExitCode.DONE else ExitCode.INTERNAL
