"""`fluxbatch report`."""

from __future__ import annotations

from batches.store.ledger import Ledger
from console.actions.running import report_of
from console.actions.submitting import find
from console.cli.options import AsJson, BatchName
from console.cli.output import out, print_json
from console.cli.summary import show_report
from workers.settings import Settings


def report(batch: BatchName, *, as_json: AsJson = False) -> None:
    """The bill of a batch: images, megapixels and credits by model, and what is missing and why.

    Example: `fluxbatch report hello --json`
    """
    with Ledger(Settings.load().where_ledger) as ledger:
        found = report_of(ledger, find(ledger, batch))
    if as_json:
        print_json(found.as_json())
    else:
        show_report(found, out)
