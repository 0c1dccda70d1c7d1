"""What a person says that attempts cost -> corrections in the ledger."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from batches.errors import SettingError
from batches.money import show_credits
from batches.store.ledger import correcting
from console.actions.invoices import ByTicket
from console.actions.submitting import find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import Connection

    from batches.store.ledger import Ledger
    from batches.store.ledger.correcting import Settlement
    from batches.store.ledger.records import Batch
    from console.actions.invoices import ByJob, InvoiceLine

ATTEMPTS_AT_ONCE = 500
"""Corrected in some tenths of a second, for which workers that share the ledger have to wait."""

MOST_MISTAKES = 3
"""Told one by one; the others are counted."""


HOW_TO_NAME = "`fluxbatch jobs BATCH` lists jobs; of several attempts of one, name one: --attempt, or that column."


class Corrected(NamedTuple):
    """What came of it."""

    attempts: int  #: that were named
    changed: Sequence[Settlement]  #: those that had cost something else, as they were
    difference: int  #: micro-credits that they cost more in all, or less


def correct(ledger: Ledger, lines: Sequence[InvoiceLine], because: str) -> Corrected:
    """Let attempts have cost what these lines say. Raises SettingError, and changes nothing, where one fits none."""
    if not because.strip():
        raise SettingError("--because is empty.", cure='Say where the amount is from: --because "invoice of November".')
    costs = _costs(ledger, lines)
    changed: list[Settlement] = []
    left = list(costs)
    while left:
        some, left = left[:ATTEMPTS_AT_ONCE], left[ATTEMPTS_AT_ONCE:]
        with ledger.write() as tx:
            those = {attempt_id: costs[attempt_id] for attempt_id in some}
            changed += correcting.correct(tx, those, because=because.strip(), now=time.time())
    return Corrected(len(costs), changed, sum(costs[one.attempt_id] - (one.cost or 0) for one in changed))


def _costs(ledger: Ledger, lines: Iterable[InvoiceLine]) -> dict[int, int]:
    """By attempt, what it cost. All mistakes are told at once."""
    batch_of = cache(lambda name: find(ledger, name))
    costs: dict[int, int] = {}
    mistakes: list[str] = []
    with ledger.read() as tx:
        for line in lines:
            try:
                found = _settled(tx, line.of, batch_of)
            except SettingError as error:
                mistakes.append(line.place + error.message)
                continue
            if costs.setdefault(found.attempt_id, line.micro_credits) != line.micro_credits:
                mistakes.append(f"{line.place}another line says something else of {line.of}.")
    if mistakes:
        more = f"\n… and {len(mistakes) - MOST_MISTAKES:,} more." if len(mistakes) > MOST_MISTAKES else ""
        raise SettingError("\n".join(mistakes[:MOST_MISTAKES]) + more, cure=f"Nothing was corrected. {HOW_TO_NAME}")
    return costs


def _settled(tx: Connection, of: ByTicket | ByJob, batch_of: Callable[[str], Batch]) -> Settlement:
    """The one that is meant."""
    if isinstance(of, ByTicket):
        found = correcting.of_ticket(tx, of.ticket_id)
    else:
        settled = correcting.of_job(tx, batch_of(of.batch).id, of.job)
        found = [one for one in settled if of.attempt in {None, one.attempt}]
    if not found:
        raise SettingError(f"nothing is settled for {of}.")
    if len(found) > 1:
        raise SettingError(f"{of} has several settled attempts: {', '.join(map(_told, found))}.")
    return found[0]


def _told(one: Settlement) -> str:
    """`2 (failed, 3 credits)`."""
    cost = "cost unknown" if one.cost is None else show_credits(one.cost)
    return f"{one.attempt} ({one.key.what}, {cost})"
