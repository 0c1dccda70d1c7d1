"""`fluxbatch pause`."""

from __future__ import annotations

from batches.reports.cost import standing_json
from batches.store.ledger import Ledger
from console.actions import steering
from console.actions.submitting import find
from console.cli.options import AsJson, BatchName
from console.cli.output import note, out, print_json, say
from console.cli.summary import show_counts
from workers.settings import Settings


def pause(batch: BatchName, *, as_json: AsJson = False) -> None:
    """Begin no more jobs of a batch until `fluxbatch resume`. What BFL works on goes on to its end.

    Example: `fluxbatch pause hello`
    """
    with Ledger(Settings.load().where_ledger) as ledger:
        changed, now = steering.pause(ledger, find(ledger, batch))
    if as_json:
        print_json(standing_json(now))
    elif changed:
        say(f"{now.batch.id} is paused: {show_counts(now)}.", out)
        note(f"`fluxbatch resume {now.batch.id}` lets it go on.")
    else:
        note(f"{now.batch.id} has nothing to pause: {show_counts(now)}.")
