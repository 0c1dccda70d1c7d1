"""`fluxbatch status`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from batches.megapixels import show_megapixels
from batches.money import cost_json, show_credits
from batches.reports.cost import state_of
from batches.store.ledger import Ledger, notices, payers, presence, standing, stops
from batches.store.ledger.purses import purse_of
from console.actions import funding
from console.actions.looking import MOST_NOTICES, NOTICE_SECONDS, look_at
from console.actions.submitting import find
from console.cli.funds import note_shortage
from console.cli.names import batch_names
from console.cli.options import AsJson
from console.cli.outlook import show_end, show_notice
from console.cli.output import amount, columns, note, out, print_json, say
from console.cli.summary import show_counts
from workers.budgets import wide_budgets
from workers.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batches.policy import WideBudget
    from batches.store.ledger.payers import Share
    from batches.store.ledger.records import Stop
    from batches.store.ledger.spending import Purse
    from batches.store.ledger.standing import Flagged, Standing
    from console.actions.looking import Look

Batch = Annotated[
    str | None,
    typer.Argument(metavar="BATCH", help="One batch; all without it.", show_default=False, autocompletion=batch_names),
]


def status(batch: Batch = None, *, as_json: AsJson = False) -> None:
    """Say how batches stand: jobs by state, money, megapixels, and what it will have cost in the end.

    Example: `fluxbatch status hello`
    """
    settings = Settings.load()
    budgets = wide_budgets(settings)
    with Ledger(settings.where_ledger) as ledger:
        found = [find(ledger, batch)] if batch else None
        with ledger.read() as tx:
            batches = found if found is not None else standing.list_batches(tx)
            now = time.time()
            looks = [look_at(tx, one, now) for one in batches]
            told = [] if batch else notices.latest(tx, since=now - NOTICE_SECONDS, limit=MOST_NOTICES)
            purses = [(one, purse_of(tx, one, now)) for one in budgets]
            shares = {one.id: payers.shares_of(tx, one.id) for one in batches if len(one.accounts) > 1}
            flagged = {one.id: standing.flagged(tx, one.id) for one in batches}
            resting = stops.all_stops(tx)
            at_risk = presence.results_at_risk(tx, now)
            paying = {look.standing.batch.accounts: None for look in looks if not look.standing.rests}
            funds = [funding.now(tx, accounts) for accounts in paying]
    if as_json:
        wide = [_purse_json(one, purse) for one, purse in purses]
        documents = [
            {**look.as_json(), "flagged": flagged[look.standing.batch.id].by_flag, "budgets": wide} for look in looks
        ]
        print_json(documents[0] if batch else documents)
    else:
        _show(looks)
        _show_shares(shares)
        for batch_id, pictures in flagged.items():
            if pictures.pictures:
                say(f"{batch_id}: {_flagged(pictures)}", out)
        for one, purse in purses:
            say(_purse(one, purse), out)
        for notice in looks[0].notices if batch else told:
            say(show_notice(notice), out)
    for stop in resting:
        note(_rest(stop))
    for some in filter(None, funds):
        note_shortage(some)
    if at_risk:
        note(f"{at_risk} results are ready and not fetched yet, and their links die within two minutes.")


def _show(looks: Sequence[Look]) -> None:
    if not looks:
        note("There are no batches yet. `fluxbatch submit MANIFEST` or `fluxbatch run MANIFEST` makes one.")
        return
    table = columns("batch", "state", "jobs", "megapixels", "cost")
    for one in (look.standing for look in looks):
        cost = amount(one.money.settled, at_least=one.money.unknown > 0)
        table.add_row(
            one.batch.id,
            _state(one),
            show_counts(one),
            show_megapixels(one.output_pixels),
            cost,
        )
    out.print(table)
    for look in looks:
        one = look.standing
        if look.projection:
            reserved = f"{show_credits(one.money.reserved)} reserved, " if one.money.reserved else ""
            say(f"{one.batch.id}: {reserved}{show_end(look.projection, time.time())}", out)
        if state_of(one) == "paused":
            say(f"{one.batch.id}: {one.batch.paused_message}", out)
        for no_more in look.exhausted:
            say(f"{one.batch.id}: {no_more.account} pays no more of it: {no_more.message}", out)


def _show_shares(shares: Mapping[str, Sequence[Share]]) -> None:
    for batch_id, theirs in shares.items():
        for share in theirs:
            did = f"{share.images:,} images for {amount(share.settled)}, {share.under_way:,} under way"
            say(f"{batch_id}: {share.account}: {did}", out)


def _flagged(pictures: Flagged) -> str:
    """`3 pictures flagged: 2 one colour, 1 size`."""
    named = ", ".join(f"{count:,} {flag.replace('-', ' ')}" for flag, count in pictures.by_flag.items())
    return f"{pictures.pictures:,} {'picture' if pictures.pictures == 1 else 'pictures'} flagged: {named}"


def _purse(one: WideBudget, purse: Purse) -> str:
    """`The budget studio-day: 40 of 500 credits a day spent, 5 credits reserved`."""
    cap = show_credits(one.budget.micro_credits)
    said = f"The budget {one.name}: {show_credits(purse.spent)} of {cap}{one.words} spent"
    reserved = f", {show_credits(purse.reserved)} reserved" if purse.reserved else ""
    return f"{said}{reserved}{f', {show_credits(purse.at_risk)} at risk' if purse.at_risk else ''}"


def _purse_json(one: WideBudget, purse: Purse) -> dict[str, object]:
    return {
        "budget": one.name,
        "per": one.per.value,
        "cap": cost_json(one.budget.micro_credits),
        "spent": cost_json(purse.spent),
        "reserved": cost_json(purse.reserved),
        "at_risk": cost_json(purse.at_risk),
    }


def _rest(stop: Stop) -> str:
    """In one line: what rests, since when, why, and when it is tried again."""
    what = f"The {stop.lane} lane of the account {stop.account}" if stop.lane else f"The account {stop.account}"
    since, until = (time.strftime("%H:%M:%S", time.localtime(moment)) for moment in (stop.since, stop.until))
    return f"{what} rests since {since} ({stop.reason}: {stop.message}); one job tries again at {until}."


def _state(one: Standing) -> str:
    state = state_of(one)
    return f"paused: {one.batch.paused}" if state == "paused" else state
