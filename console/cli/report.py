"""`fluxbatch report`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from batches.reports import axes_of, make_report, period_of
from batches.store.ledger import Ledger
from console.actions.reporting import batches_for, page_of, question_of
from console.actions.running import report_of
from console.cli.names import batch_names
from console.cli.options import AsJson, Since, Until, Zone
from console.cli.output import note
from console.cli.report_formats import Format, format_of, write, write_page
from workers.bounds import bounds_of
from workers.settings import Settings

Batches = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="BATCH",
        help="Ids, their beginnings, or names of manifests; without any the newest batch, or all of a time.",
        show_default=False,
        autocompletion=batch_names,
    ),
]
Every = Annotated[bool, typer.Option("--all", help="All batches.")]
By = Annotated[
    str,
    typer.Option(
        metavar="COLUMNS",
        help="What has a line: one or two of day, hour, batch, model, account, lane, state, reason, label:KEY.",
    ),
]
As = Annotated[
    Format | None,
    typer.Option("--format", help="How it is written; without it as the ending of --out says.", show_default=False),
]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it to this file.", show_default=False)]


def report(
    batch: Batches = None,
    *,
    every: Every = False,
    since: Since = None,
    until: Until = None,
    zone: Zone = "UTC",
    by: By = "model",
    format_: As = None,
    as_json: AsJson = False,
    out_file: Out = None,
) -> None:
    """The bill of batches: images, megapixels and credits by model, day, label…, what was wasted, and what is missing.

    Example: `fluxbatch report --all --since 7d --by day,label:project`
    """
    kind = Format.JSON if as_json else format_ or format_of(out_file)
    period, axes = period_of(since, until, zone, time.time()), axes_of(by)
    settings = Settings.load()
    with Ledger(settings.where_ledger) as ledger:
        found = batches_for(ledger, batch or [], period, every=every)
        question = question_of(found, period, axes)
        ending = report_of(ledger, found[0]) if found is not None and len(found) == 1 else None
        if not batch and ending is not None:
            note(f"The newest batch, {ending.standing.batch.id}; --all tells of all.")
        if kind is Format.HTML:
            write_page(page_of(ledger, question, ending, bounds_of(settings)), out_file)
            return
        with ledger.read() as tx:
            made = make_report(tx, question)
    write(made, ending, kind, out_file)
