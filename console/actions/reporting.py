"""Which batches and which time a report is about."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.reports import Question
from batches.reports.page import as_html, facts_of
from batches.store.ledger import standing
from console.actions.submitting import find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batches.reports import CostReport
    from batches.reports.axes import Axis
    from batches.reports.page import Bounds
    from batches.reports.period import Period
    from batches.store.ledger import Ledger
    from batches.store.ledger.records import Batch


def batches_for(ledger: Ledger, names: Sequence[str], period: Period, *, every: bool) -> Sequence[Batch] | None:
    """The batches that are named, or None for all of them; where nothing is said, the newest."""
    if names and every:
        raise SettingError("--all stands beside a batch.", cure="Name batches, or say --all.")
    if names:
        return [find(ledger, name) for name in dict.fromkeys(names)]
    if every or not period.is_all:
        return None
    with ledger.read() as tx:
        newest = standing.list_batches(tx)[:1]
    if not newest:
        raise SettingError(
            "There are no batches yet.", cure="`fluxbatch submit MANIFEST` or `fluxbatch run MANIFEST` makes one."
        )
    return newest


def page_of(ledger: Ledger, question: Question, ending: CostReport | None, bounds: Bounds) -> str:
    """The report as HTML. How a batch stands now is no answer to what came of it in a time."""
    now = time.time()
    with ledger.read() as tx:
        facts = facts_of(tx, question, ending if question.period.is_all else None, bounds=bounds, now=now)
    return as_html(facts, now=now)


def question_of(batches: Sequence[Batch] | None, period: Period, by: tuple[Axis, ...]) -> Question:
    """What to ask the ledger."""
    ids = None if batches is None else frozenset(batch.id for batch in batches)
    return Question(batches=ids, period=period, by=by)
