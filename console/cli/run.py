"""`fluxbatch run`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import typer

from batches.manifest import read_manifest
from batches.store.images import open_store
from batches.store.ledger import Ledger, stops
from batches.store.ledger.states import State
from console.actions import running, services, submitting
from console.actions.worker_process import worker_process
from console.cli.asking import ask, show_bill, show_survey
from console.cli.options import Again, AsJson, ManifestPath, Simulate, Yes
from console.cli.output import err, note, out, print_json
from console.cli.payer import payer_of
from console.cli.progress import Progress
from console.cli.summary import show_places, show_report
from console.exit_codes import ExitCode
from workers.bfl import Client
from workers.budgets import wide_budgets
from workers.settings import Settings

if TYPE_CHECKING:
    from decimal import Decimal

    from batches.planning import Plan
    from batches.store.ledger.records import Batch
    from batches.store.ledger.survey import Survey
    from console.actions.worker_process import WorkerProcess
    from workers.accounts import Account


def run(
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
    payer = payer_of(asked, settings, simulate=simulate)
    plan = submitting.plan_of(asked, settings, payer)
    open_store(settings.images_url)  # a setting that cannot work is told now, not after the first paid picture
    with services.api(payer, settings.home) as live, Ledger(settings.where_ledger) as ledger:
        surveyed = submitting.survey(ledger, plan, live.name, again=again)
        earlier = surveyed.continues
        if earlier is not None and surveyed.is_over:
            note(f"{earlier.batch.id} is finished and is not paid again. --again makes all images anew.")
            batch, code = earlier.batch, running.code_of(earlier)
        else:
            submitting.refuse_late(asked, time.time())
            balance = _balance(live)
            if surveyed.added:
                show_bill(plan, err, balance=balance)
                show_survey(surveyed, err)
                ask(surveyed, yes=yes)
            batch, code = _carried_out(ledger, plan, settings, live, surveyed)
        report = running.report_of(ledger, batch)
    if as_json:
        print_json(report.as_json())
    beside = err if as_json else out
    show_report(report, beside)
    show_places(report, settings, running.keep_report(report, settings.images_url), beside)
    raise typer.Exit(int(code))


def _balance(live: Account) -> Decimal | None:
    """Ask before the first job whether the host answers and the key is good."""
    client = Client(live.api_url, live.key(), connections=1)
    try:
        return client.credits()
    finally:
        client.close()


def _carried_out(
    ledger: Ledger, plan: Plan, settings: Settings, live: Account, surveyed: Survey
) -> tuple[Batch, ExitCode]:
    with services.broker(settings):  # first of all, so that a broker out of reach leaves nothing behind
        with ledger.write() as tx:
            stops.lift(tx, live.name, time.time())  # whoever runs this has mended what was wrong
        now = submitting.submit(ledger, plan, live.name, surveyed, wide_budgets(settings))
        if surveyed.continues:
            note(f"Going on with {now.batch.id}: {now.jobs.get(State.DONE, 0):,} of {now.total:,} images are there.")
        with worker_process(settings.home.absolute() / "worker.log", live.name) as worker:
            return now.batch, _looked_on(ledger, now.batch, worker)


def _looked_on(ledger: Ledger, batch: Batch, worker: WorkerProcess) -> ExitCode:
    """Show how it goes until the batch rests or something ends it; a Ctrl-C drains, a second one does not wait."""
    try:
        with Progress(batch) as progress:
            ending = running.look_on(ledger, batch, worker, progress.show)
    except KeyboardInterrupt:
        note("Leaving: what BFL has begun is kept by its ticket. Ctrl-C again leaves at once.")
        try:
            worker.leave()
        except KeyboardInterrupt:
            worker.kill()
        note("The same command goes on from here.")
        return ExitCode.INTERRUPTED
    if ending.message:
        note(f"Stopped: {ending.message}")
        note("The same command goes on from here.")
    return ending.code
