"""`fluxbatch submit`."""

from __future__ import annotations

import time

from batches.manifest import read_manifest
from batches.reports.cost import standing_json
from batches.store.ledger import Ledger
from console.actions import submitting
from console.actions.funding import funds_for, under_way
from console.actions.services import SIMULATOR
from console.cli.asking import ask, show_bill, show_survey
from console.cli.funds import show_funds, told_soon
from console.cli.options import Again, AsJson, ManifestPath, Simulate, Yes
from console.cli.output import err, note, out, print_json
from console.cli.payer import payers_of, workers_for
from workers.accounts import names_of
from workers.broker import connect
from workers.settings import Settings


def submit(
    manifest: ManifestPath,
    *,
    yes: Yes = False,
    again: Again = False,
    simulate: Simulate = False,
    as_json: AsJson = False,
) -> None:
    """Write a manifest into the ledger. Workers carry it out, now or when one is started.

    Example: `fluxbatch submit batches/examples/first.yaml --yes`
    """
    asked = read_manifest(manifest)
    settings = Settings.load()
    payers = payers_of(asked, settings, simulate=simulate)
    accounts = names_of(payers)
    plan = submitting.plan_of(asked, settings, payers)
    if settings.broker_url:
        connect(settings.broker_url).close()  # better to learn now that the fleet is out of reach
    with Ledger(settings.where_ledger) as ledger:
        surveyed = submitting.survey(ledger, plan, accounts, again=again)
        if not surveyed.is_over:
            submitting.refuse_late(asked, time.time())
        show_bill(plan, err)
        show_survey(surveyed, err)
        if SIMULATOR not in payers and (readings := told_soon(payers, ledger)):
            show_funds(funds_for(readings, surveyed, under_way(ledger, accounts)), err)
        ask(surveyed, yes=yes)
        standing = submitting.submit(ledger, plan, accounts, surveyed)
    if as_json:
        print_json({**standing_json(standing), "submitted": surveyed.as_json()})
        return
    out.print(standing.batch.id, soft_wrap=True)
    if surveyed.added:
        note(f"Submitted. {workers_for(asked, payers)}; `fluxbatch status` shows how it stands.")
    else:
        note("This manifest was submitted before and is not paid again. --again makes all images anew.")
