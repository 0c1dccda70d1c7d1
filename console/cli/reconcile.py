"""`fluxbatch reconcile`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from batches.money import cost_json, credits_of, show_credits
from batches.reports import period_of
from batches.reports.reconciling import Verdict
from batches.store.ledger import Ledger
from console.actions.reconciling import reconciled
from console.cli.moments import moment_json, show_moment
from console.cli.options import AsJson, Since, Until, Zone
from console.cli.output import columns, note, out, print_json, say
from console.exit_codes import ExitCode
from workers.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from batches.reports.reconciling import Comparison, Doubt, Narrowed, Reconciliation

OfAccount = Annotated[
    str | None, typer.Option("--account", metavar="NAME", help="This account; all without it.", show_default=False)
]

CURE = "What an invoice says of single jobs, `fluxbatch correct` writes down."

NUMBERS = ("balance", "fell by", "settled", "gap", "exact to")


def reconcile(
    *,
    account: OfAccount = None,
    since: Since = None,
    until: Until = None,
    zone: Zone = "UTC",
    as_json: AsJson = False,
) -> None:
    """Compare what BFL took from the balance with what the ledger has settled, reading by reading.

    Example: `fluxbatch reconcile --since 2026-11-20`
    """
    period = period_of(since, until, zone, time.time())
    with Ledger(Settings.load().where_ledger) as ledger:
        found = reconciled(ledger, account, period)
    if as_json:
        print_json([{"account": name, **_document(one, period.zone)} for name, one in found.items()])
    elif not found:
        note("No balance has been read yet. `fluxbatch credits` reads it, and so do `run` and every worker.")
    else:
        for name, one in found.items():
            _show(name, one, period.zone)
    verdicts = {one.verdict for of_account in found.values() for one in of_account.comparisons}
    raise typer.Exit(ExitCode.FINISHED_WITH_GAPS if verdicts & {Verdict.GAP, Verdict.IN_DOUBT} else ExitCode.DONE)


def _show(account: str, found: Reconciliation, zone: ZoneInfo) -> None:
    if not found.comparisons:
        note(f"{account}: there are no two readings to compare. `fluxbatch credits` takes one more.")
        return
    telling = [one for one in found.comparisons if one.fall or one.settled or one.verdict is not Verdict.ADDS_UP]
    if telling:
        out.print(_table(account, telling, zone))
    for one in telling:
        if one.verdict is not Verdict.ADDS_UP:
            say(f"{show_moment(one.before.at, zone)} to {show_moment(one.after.at, zone)}: {_explained(one)}", out)
    for narrowed in found.narrowed:
        say(_narrowed(narrowed), out)
    say(_summary(account, found.comparisons, zone), out)


def _table(account: str, lines: Sequence[Comparison], zone: ZoneInfo) -> object:
    table = columns(f"{account}, until", *NUMBERS, "", right=frozenset(NUMBERS))
    for one in lines:
        amounts = (one.after.micro_credits, one.fall, one.settled, one.gap, one.inexact)
        table.add_row(show_moment(one.after.at, zone), *(f"{credits_of(amount):,}" for amount in amounts), one.verdict)
    return table


def _explained(one: Comparison) -> str:
    if one.verdict is Verdict.ADDED:
        return f"at least {show_credits(one.added)} came in: a top-up, a refund, or a job that was charged less."
    gone = f"at least {show_credits(one.missing)} more are gone than the ledger knows of."
    doubts = [
        _counted(one.unsure, "unsure submission") if one.unsure.attempts else "",
        f"{_number(one.unknown, 'attempt')} of unknown amount" if one.unknown.attempts else "",
    ]
    told = " and ".join(filter(None, doubts))
    if one.verdict is Verdict.IN_DOUBT:
        return f"{gone} They can be those of {told}."
    more = f" {told[0].upper()}{told[1:]} cannot be all of it." if told else ""
    return f"{gone}{more} Does something else spend from this account?"


def _counted(doubt: Doubt, what: str) -> str:
    """`3 unsure submissions worth 12 credits`."""
    worth = f"{'' if doubt.is_bounded else 'at least '}{show_credits(doubt.micro_credits)}"
    return f"{_number(doubt, what)} worth {worth}"


def _number(doubt: Doubt, what: str) -> str:
    return f"{doubt.attempts:,} {what}{'' if doubt.attempts == 1 else 's'}"


def _narrowed(found: Narrowed) -> str:
    least, most = credits_of(found.least), credits_of(found.most)
    said = f"{least:,} were charged" if least == most else f"between {least:,} and {most:,} were charged"
    return f"{found.batch_id}: of {_counted(found.unsure, 'unsure submission')}, the balance says {said}."


def _summary(account: str, comparisons: Sequence[Comparison], zone: ZoneInfo) -> str:
    first, last = comparisons[0].before, comparisons[-1].after
    period = f"{show_moment(first.at, zone)} to {show_moment(last.at, zone)}"
    wrong = sum(one.verdict is not Verdict.ADDS_UP for one in comparisons)
    settled = show_credits(sum(one.settled for one in comparisons))
    said = f"{wrong:,} of {len(comparisons):,} intervals do not add up. {CURE}" if wrong else "everything adds up."
    return f"{account}, {period}: {settled} settled, {said}"


def _document(found: Reconciliation, zone: ZoneInfo) -> dict[str, object]:
    return {
        "comparisons": [_comparison_json(one, zone) for one in found.comparisons],
        "narrowed": [
            {
                "batch": one.batch_id,
                "unsure": _doubt_json(one.unsure),
                "least": cost_json(one.least),
                "most": cost_json(one.most),
            }
            for one in found.narrowed
        ],
    }


def _comparison_json(one: Comparison, zone: ZoneInfo) -> dict[str, object]:
    amounts = ("fall", "settled", "gap", "inexact", "missing", "added")
    return {
        "from": moment_json(one.before.at, zone),
        "to": moment_json(one.after.at, zone),
        "before": cost_json(one.before.micro_credits),
        "after": cost_json(one.after.micro_credits),
        **{name: cost_json(getattr(one, name)) for name in amounts},
        "unsure": _doubt_json(one.unsure),
        "unknown": _doubt_json(one.unknown),
        "verdict": one.verdict.value,
    }


def _doubt_json(doubt: Doubt) -> dict[str, object]:
    return {"attempts": doubt.attempts, **cost_json(doubt.micro_credits), "at_least": not doubt.is_bounded}
