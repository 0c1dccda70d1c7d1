"""`fluxbatch cancel`."""

from __future__ import annotations

from batches.reports.cost import standing_json
from batches.store.ledger import Ledger
from console.actions import steering
from console.actions.submitting import find
from console.cli.options import AsJson, BatchName
from console.cli.output import amount, note, out, print_json, say
from console.cli.summary import jobs_are, show_counts
from workers.settings import Settings


def cancel(batch: BatchName, *, as_json: AsJson = False) -> None:
    """Take back the jobs of a batch that BFL does not work on yet; they cost nothing. The others are paid and kept.

    Example: `fluxbatch cancel hello`
    """
    with Ledger(Settings.load().where_ledger) as ledger:
        jobs, now = steering.cancel(ledger, find(ledger, batch))
    if as_json:
        print_json({**standing_json(now), "taken_back": jobs})
        return
    if not jobs:
        note(f"{now.batch.id} has nothing to cancel: {show_counts(now)}.")
        return
    say(f"{now.batch.id} is cancelled: {jobs_are(jobs)} taken back; {show_counts(now)}.", out)
    if now.money.at_risk:
        say(f"{amount(now.money.at_risk)} stay at risk: submissions whose answer was lost.", out)
    note(f"`fluxbatch retry {now.batch.id} --only cancelled` puts them back.")
