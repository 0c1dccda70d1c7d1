"""`fluxbatch plan`."""

from __future__ import annotations

import time
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from batches.manifest import read_manifest
from batches.planning import NO_EXPERIENCE, Premises, make_plan, moment, read_overrides, what_if
from batches.store.ledger import LedgerError
from console.actions.forecasting import experience_of, forecast, free_bytes, need_of, survey_of
from console.actions.funding import NOTHING, funds_for
from console.actions.submitting import refuse_late
from console.cli.asking import show_bill, show_survey
from console.cli.figures import sample_json, show_forecast, show_sample, show_what_if, survey_json
from console.cli.funds import show_funds, told_soon
from console.cli.options import AsJson, ManifestPath
from console.cli.output import note, out, print_json
from console.cli.payer import payers_of
from workers.accounts import names_of, prices_together, slots_together
from workers.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batches.planning import Experience, Plan
    from batches.store.ledger.survey import Survey
    from console.actions.funding import Funds
    from workers.accounts import Account

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
    """Say what a manifest comes to: images, cost, hours and disk. Nothing is ordered and nothing is written.

    Example: `fluxbatch plan batches/examples/hello.yaml --what-if model=flux-2-pro --by 07:00`
    """
    now = time.time()
    due = None if by is None else moment(by, now)
    settings = Settings.load()
    asked = read_manifest(manifest)
    payers = payers_of(asked, settings)
    learnt = _learnt(settings, payers)
    premises = Premises(learnt or NO_EXPERIENCE, prices=prices_together(payers), slots=slots_together(payers))
    planned = make_plan(asked, premises)
    surveyed = None if learnt is None else survey_of(settings, planned, names_of(payers))
    if surveyed is None or not surveyed.is_over:
        refuse_late(asked, now)
    changes = [read_overrides(text, [line.model for line in planned.models]) for text in what_ifs or []]
    results = list(what_if(asked, planned, changes, premises))
    funds = _funds(settings, payers, planned, surveyed)
    figures = forecast(planned, premises, free_bytes(settings.images_url), now=now, by=due)
    sample = list(islice(planned.jobs(), show))
    if as_json:
        told = {"what_if": [one.as_json() for one in results], "sample": sample_json(sample)}
        money = {"ledger": survey_json(surveyed), "funds": funds and funds.as_json()}
        print_json({**planned.as_json(), **figures.as_json(), **money, **told})
        return
    show_bill(planned, out)
    if surveyed is not None:
        show_survey(surveyed, out)
    if funds is not None:
        show_funds(funds, out)
    show_forecast(figures, now, out, some_is_there=surveyed is not None and surveyed.new < planned.unique)
    if results:
        out.print()
        show_what_if(planned, figures.duration.seconds, results, out)
    if sample:
        out.print()
        show_sample(sample, out)


def _funds(settings: Settings, payers: Sequence[Account], planned: Plan, surveyed: Survey | None) -> Funds | None:
    """Whether the money is enough; a plan needs no key and no network, and does not say it then."""
    readings = told_soon(payers)
    if readings is None:
        return None
    if surveyed is None:
        return funds_for(readings, planned, NOTHING)
    return funds_for(readings, surveyed, need_of(settings, names_of(payers)))


def _learnt(settings: Settings, payers: Sequence[Account]) -> Experience | None:
    """What the ledger knows; a plan needs none, so one that is broken is only a note."""
    try:
        return experience_of(settings, names_of(payers))
    except LedgerError as error:
        note(f"Note: nothing is known of earlier jobs. {error.message}")
        return None
