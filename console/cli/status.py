"""`fluxbatch status`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from batches.megapixels import show_megapixels
from batches.reports.cost import standing_json, state_of
from batches.store.ledger import Ledger, payers, presence, standing, stops
from console.actions import funding
from console.actions.submitting import find
from console.cli.funds import note_shortage
from console.cli.options import AsJson
from console.cli.output import amount, columns, note, out, print_json, say
from console.cli.summary import show_counts
from workers.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batches.store.ledger.payers import Share
    from batches.store.ledger.records import Stop
    from batches.store.ledger.standing import Standing

Batch = Annotated[str | None, typer.Argument(metavar="[BATCH]", help="One batch; all without it.", show_default=False)]


def status(batch: Batch = None, *, as_json: AsJson = False) -> None:
    """Say how batches stand: jobs by state, money, megapixels.

    Example: `fluxbatch status hello`
    """
    with Ledger(Settings.load().where_ledger) as ledger:
        found = [find(ledger, batch)] if batch else None
        with ledger.read() as tx:
            batches = found if found is not None else standing.list_batches(tx)
            standings = [standing.standing_of(tx, one) for one in batches]
            shares = {one.id: payers.shares_of(tx, one.id) for one in batches if len(one.accounts) > 1}
            resting = stops.all_stops(tx)
            at_risk = presence.results_at_risk(tx, time.time())
            paying = {one.batch.accounts: None for one in standings if not one.rests}
            funds = [funding.now(tx, accounts) for accounts in paying]
    if as_json:
        documents = [standing_json(one) for one in standings]
        print_json(documents[0] if batch else documents)
    else:
        _show(standings)
        _show_shares(shares)
    for stop in resting:
        note(_rest(stop))
    for some in filter(None, funds):
        note_shortage(some)
    if at_risk:
        note(f"{at_risk} results are ready and not fetched yet, and their links die within two minutes.")


def _show(standings: Sequence[Standing]) -> None:
    if not standings:
        note("There are no batches yet. `fluxbatch submit MANIFEST` or `fluxbatch run MANIFEST` makes one.")
        return
    table = columns("batch", "state", "jobs", "megapixels", "cost")
    for one in standings:
        cost = amount(one.money.settled, at_least=one.money.unknown > 0)
        table.add_row(
            one.batch.id,
            _state(one),
            show_counts(one),
            show_megapixels(one.output_pixels),
            cost,
        )
    out.print(table)
    for one in standings:
        if state_of(one) == "paused":
            say(f"{one.batch.id}: {one.batch.paused_message}", out)


def _show_shares(shares: Mapping[str, Sequence[Share]]) -> None:
    for batch_id, theirs in shares.items():
        for share in theirs:
            did = f"{share.images:,} images for {amount(share.settled)}, {share.under_way:,} under way"
            say(f"{batch_id}: {share.account}: {did}", out)


def _rest(stop: Stop) -> str:
    """In one line: what rests, since when, why, and when it is tried again."""
    what = f"The {stop.lane} lane of the account {stop.account}" if stop.lane else f"The account {stop.account}"
    since, until = (time.strftime("%H:%M:%S", time.localtime(moment)) for moment in (stop.since, stop.until))
    return f"{what} rests since {since} ({stop.reason}: {stop.message}); one job tries again at {until}."


def _state(one: Standing) -> str:
    state = state_of(one)
    return f"paused: {one.batch.paused}" if state == "paused" else state
