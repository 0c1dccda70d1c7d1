"""`fluxbatch retry`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from batches.models.spelling import did_you_mean
from batches.reports.cost import standing_json, state_of
from batches.store.ledger import Ledger
from batches.store.ledger.states import RETRIABLE
from console.actions import steering
from console.actions.submitting import find
from console.cli.asking import agree, show_again
from console.cli.options import AsJson, BatchName, Yes
from console.cli.output import GOES_ON, amount, err, note, out, print_json, say
from console.cli.summary import jobs_are, show_counts
from workers.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batches.store.ledger.standing import Standing

Only = Annotated[
    list[str] | None,
    typer.Option(
        metavar="STATE|WORDS",
        help="Only moderated, failed, unsure or cancelled jobs, or those with these words in their reason; "
        "may be repeated.",
        show_default=False,
    ),
]


def retry(batch: BatchName, *, only: Only = None, yes: Yes = False, as_json: AsJson = False) -> None:
    """Have jobs tried again that ended without a picture, each with all its attempts. What they will cost is asked.

    Example: `fluxbatch retry hello --only failed --only "timed out"`
    """
    words = only or []
    choice = steering.choice_of(words)
    with Ledger(Settings.load().where_ledger) as ledger:
        found = find(ledger, batch)
        bill = steering.bill(ledger, found, choice)
        if bill:
            show_again(bill, err)
        if any(line.jobs for line in bill):
            sum_told = amount(sum(line.micro_credits for line in bill))
            agree(f"about {sum_told}", yes=yes)
        jobs, now = steering.retry(ledger, found, choice)
    if as_json:
        print_json({**standing_json(now), "put_back": jobs})
    elif jobs:
        say(f"{now.batch.id}: {jobs_are(jobs)} tried again; {show_counts(now)}.", out)
        note(_how_it_goes_on(now))
    else:
        note(f"{now.batch.id} has no such job to try again: {show_counts(now)}. {_meant(words)}".rstrip())


def _how_it_goes_on(now: Standing) -> str:
    return f"It is paused: {now.batch.paused_message}" if state_of(now) == "paused" else GOES_ON


def _meant(words: Sequence[str]) -> str:
    """A state that was misspelt looks like words of a reason."""
    hints = (did_you_mean(word, RETRIABLE) for word in words if word not in RETRIABLE)
    return " ".join(hint.capitalize() for hint in hints if hint)
