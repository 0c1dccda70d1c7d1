"""`fluxbatch plan`."""

from __future__ import annotations

import time
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from batches.manifest import read_manifest
from batches.planning import NO_EXPERIENCE, Premises, make_plan, moment, read_overrides, what_if
from batches.store.ledger import LedgerError
from console.actions.forecasting import experience_of, forecast, free_bytes
from console.cli.asking import show_bill
from console.cli.figures import sample_json, show_forecast, show_sample, show_what_if
from console.cli.options import AsJson, ManifestPath
from console.cli.output import note, out, print_json
from workers.settings import Settings

if TYPE_CHECKING:
    from batches.planning import Experience

By = Annotated[
    str | None, typer.Option(metavar="TIME", help="Will it be done by 07:00, or 2026-12-01T07:00?", show_default=False)
]
WhatIf = Annotated[
    list[str] | None,
    typer.Option(
        "--what-if", metavar="CHANGE", help="Compare with model=NAME or width=768; may be repeated.", show_default=False
    ),
]
Show = Annotated[int, typer.Option(metavar="N", min=0, help="Show the first N jobs with their prompts.")]


def plan(
    manifest: ManifestPath, *, by: By = None, what_ifs: WhatIf = None, show: Show = 0, as_json: AsJson = False
) -> None:
    """Say what a manifest comes to: images, cost, hours and disk. Nothing is sent and nothing is written.

    Example: `fluxbatch plan batches/examples/hello.yaml --what-if model=flux-2-pro --by 07:00`
    """
    now = time.time()
    due = None if by is None else moment(by, now)
    settings = Settings.load()
    asked, learnt = read_manifest(manifest), _learnt(settings)
    planned = make_plan(asked, Premises(learnt))
    changes = [read_overrides(text, [line.model for line in planned.models]) for text in what_ifs or []]
    results = list(what_if(asked, planned, changes, learnt))
    figures = forecast(planned, learnt, free_bytes(settings.images_url), by=due, working_end=lambda work: now + work)
    sample = list(islice(planned.jobs(), show))
    if as_json:
        told = [one.as_json() for one in results]
        print_json({**planned.as_json(), **figures.as_json(), "what_if": told, "sample": sample_json(sample)})
        return
    show_bill(planned, out)
    show_forecast(figures, now, out)
    if results:
        out.print()
        show_what_if(planned, figures.duration.seconds, results, out)
    if sample:
        out.print()
        show_sample(sample, out)


def _learnt(settings: Settings) -> Experience:
    """What the ledger knows; a plan needs none, so one that is broken is only a note."""
    try:
        return experience_of(settings) or NO_EXPERIENCE
    except LedgerError as error:
        note(f"Note: nothing is learnt from earlier jobs. {error.message}")
        return NO_EXPERIENCE
