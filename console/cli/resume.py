"""`fluxbatch resume`."""

from __future__ import annotations

from batches.reports.cost import standing_json
from batches.store.ledger import Ledger
from console.actions import steering
from console.actions.submitting import find
from console.cli.options import AsJson, BatchName
from console.cli.output import GOES_ON, note, out, print_json, say
from console.cli.summary import show_counts
from workers.budgets import wide_budgets
from workers.settings import Settings


def resume(batch: BatchName, *, as_json: AsJson = False) -> None:
    """Let a paused batch go on. This approves a canary and drops a deadline that has passed; a budget has to be raised.

    Example: `fluxbatch resume hello`
    """
    settings = Settings.load()
    with Ledger(settings.where_ledger) as ledger:
        paused, now = steering.resume(ledger, find(ledger, batch), wide_budgets(settings))
    if as_json:
        print_json(standing_json(now))
    elif paused:
        say(f"{now.batch.id} {steering.MEANS[paused]}; {show_counts(now)}.", out)
        note(GOES_ON)
    else:
        note(f"{now.batch.id} is not paused: {show_counts(now)}.")
