"""`fluxbatch run`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import typer

from batches.manifest import read_manifest
from batches.store.images import open_store, open_tried
from batches.store.ledger import Ledger, stops
from batches.store.ledger.states import State
from console.actions import running, services, submitting
from console.actions.funding import funds_for, under_way
from console.actions.onlooking import Onlooker
from console.actions.worker_process import leave_together, worker_processes
from console.cli.asking import ask, show_bill, show_survey
from console.cli.funds import show_funds, told_soon
from console.cli.options import Again, AsJson, ManifestPath, Simulate, Yes
from console.cli.output import err, errors, note, out, print_json, say
from console.cli.payer import payers_of
from console.cli.progress import Progress
from console.cli.summary import show_places, show_report
from console.cli.voice import Voice
from console.exit_codes import ExitCode
from workers.accounts import names_of
from workers.balance import read_balances
from workers.budgets import wide_budgets
from workers.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batches.planning import Plan
    from batches.store.ledger.records import Batch
    from batches.store.ledger.survey import Survey
    from console.actions.worker_process import WorkerProcess
    from workers.accounts import Account


def run(
    context: typer.Context,
    manifest: ManifestPath,
    *,
    yes: Yes = False,
    again: Again = False,
    simulate: Simulate = False,
    as_json: AsJson = False,
) -> None:
    """Run a manifest to its end on this machine: bill, worker, images, report.

    Stop it when you like: the same command goes on where it stopped, and nothing is paid twice.

    Example: `fluxbatch run batches/examples/hello.yaml --simulate`
    """
    asked = read_manifest(manifest)
    settings = Settings.load()
    payers = payers_of(asked, settings, simulate=simulate)
    plan = submitting.plan_of(asked, settings, payers)
    open_store(settings.images_url)  # a setting that cannot work is told now, not after the first paid picture
    with services.apis(payers, settings.home) as live, Ledger(settings.where_ledger) as ledger:
        surveyed = submitting.survey(ledger, plan, names_of(live), again=again)
        earlier = surveyed.continues
        if earlier is not None and surveyed.is_over:
            note(f"{earlier.batch.id} is finished and is not paid again. --again makes all images anew.")
            batch, code = earlier.batch, running.code_of(earlier)
        else:
            submitting.refuse_late(asked, time.time())
            readings = read_balances(live, ledger)  # before the first job: do the hosts answer, are the keys good?
            if surveyed.added:
                show_bill(plan, err)
                show_survey(surveyed, err)
            if readings is not None:
                show_funds(funds_for(readings, surveyed, under_way(ledger, names_of(live))), err)
            ask(surveyed, yes=yes)
            batch, code = _carried_out(ledger, plan, settings, live, surveyed, verbose=context.obj is Voice.VERBOSE)
            told_soon(live, ledger)
        report = running.report_of(ledger, batch)
        page = running.keep_receipt(ledger, report.standing, settings)
    if as_json:
        print_json(report.as_json())
    beside = err if as_json else out
    show_report(report, beside)
    show_places(report, settings, page, beside)
    raise typer.Exit(int(code))


def _carried_out(
    ledger: Ledger, plan: Plan, settings: Settings, live: Sequence[Account], surveyed: Survey, *, verbose: bool
) -> tuple[Batch, ExitCode]:
    open_tried(settings.images_url)
    with services.broker(settings):  # first of all, so that a broker out of reach leaves nothing behind
        with ledger.write() as tx:
            for account in live:
                stops.lift(tx, account.name, time.time())  # whoever runs this has mended what was wrong
        now = submitting.submit(ledger, plan, names_of(live), surveyed, wide_budgets(settings))
        if surveyed.continues:
            note(f"Going on with {now.batch.id}: {now.jobs.get(State.DONE, 0):,} of {now.total:,} images are there.")
        log, whose = settings.home.absolute() / "worker.log", running.served(ledger, now.batch)
        with worker_processes(log, whose, verbose=verbose) as workers:
            return now.batch, _looked_on(ledger, now.batch, settings, workers)


def _looked_on(ledger: Ledger, batch: Batch, settings: Settings, workers: Sequence[WorkerProcess]) -> ExitCode:
    """Show how it goes until the batch rests or something ends it; a Ctrl-C drains, a second one does not wait."""
    try:
        with Onlooker(ledger, [batch], settings) as onlooker, Progress(open_store(settings.images_url)) as progress:
            ending = running.look_on(onlooker, workers, progress.show)
    except KeyboardInterrupt:
        note("Leaving: what BFL has begun is kept by its ticket. Ctrl-C again leaves at once.")
        try:
            leave_together(workers)
        except KeyboardInterrupt:
            for worker in workers:
                worker.kill()
        note("The same command goes on from here.")
        return ExitCode.INTERRUPTED
    if ending.message:
        say(f"Stopped: {ending.message}", errors)
        note("The same command goes on from here.")
    return ending.code
