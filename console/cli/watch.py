"""`fluxbatch watch`."""

from __future__ import annotations

import typer

from batches.store.ledger import Ledger
from console.actions import looking
from console.actions.running import code_of
from console.actions.submitting import find
from console.cli.options import AsJson, BatchName
from console.cli.output import err, note, out, print_json, say
from console.cli.progress import Progress
from console.cli.summary import show_counts
from console.exit_codes import ExitCode
from workers.settings import Settings


def watch(batch: BatchName, *, as_json: AsJson = False) -> None:
    """Follow a batch that workers elsewhere carry on, until it is finished. Ctrl-C stops the watching and nothing else.

    Example: `fluxbatch watch hello`
    """
    with Ledger(Settings.load().where_ledger) as ledger:
        found = find(ledger, batch)
        try:
            with Progress(found) as progress:
                look = looking.watch(ledger, found, progress.show)
        except KeyboardInterrupt:
            note(f"{found.id} goes on without anybody watching.")
            raise typer.Exit(int(ExitCode.INTERRUPTED)) from None
    if as_json:
        print_json(look.as_json())
    say(f"{found.id} is finished: {show_counts(look.standing)}.", err if as_json else out)
    raise typer.Exit(int(code_of(look.standing)))
