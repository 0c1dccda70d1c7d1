"""Figures by the state that jobs are in now: the many that are done or wait by sums, the others counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from batches.reports.figures import Figures
from batches.store.ledger.quarters import WRITTEN, What
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from batches.store.ledger.by_state import InState
    from batches.store.ledger.totals import Total, Value

BROUGHT = frozenset({What.DONE, What.COPIED, What.REUSED})
"""How a job comes to its picture, once."""

Keyed = tuple["Mapping[str, Value]", Figures]


def figures_by_state(totals: Iterable[Total], others: Iterable[InState], *, ever: bool) -> Iterator[Keyed]:
    """Every job under its state and reason; those that wait only where the figures are of all time.

    How a batch was planned is not told by state: sums do not know what became of each job.
    """
    waiting = _Waiting()
    for total in totals:
        waiting.add(total)
        if total.what in BROUGHT:
            yield _under(total.key, State.DONE), _of_done(total)
    for one in others:
        waiting.take(one)
        figures = Figures(jobs=one.jobs) if one.in_vain is None else Figures.of(What.FAILED, one.in_vain)
        yield one.key, figures
    if ever:
        yield from waiting.lines()


class _Waiting:
    """What was written and has come to no other state, by all but the account: none is chosen for it yet."""

    def __init__(self) -> None:
        self._jobs: Counter[tuple[tuple[str, Value], ...]] = Counter()
        self._accounts: dict[tuple[tuple[str, Value], ...], Value] = {}

    def add(self, total: Total) -> None:
        place = _place(total.key)
        if total.what in WRITTEN:
            self._jobs[place] += total.amounts.number
            self._accounts[place] = total.key.get("account", "")
        elif total.what in BROUGHT:
            self._jobs[place] -= total.amounts.images

    def take(self, one: InState) -> None:
        self._jobs[_place(one.key)] -= one.jobs

    def lines(self) -> Iterator[Keyed]:
        for place, count in self._jobs.items():
            if count:
                key = {**dict(place), "account": self._accounts.get(place, "")}
                yield _under(key, State.QUEUED), Figures(jobs=count)


def _place(key: Mapping[str, Value]) -> tuple[tuple[str, Value], ...]:
    return tuple(item for item in key.items() if item[0] not in {"account", "state", "reason"})


def _under(key: Mapping[str, Value], state: State) -> Mapping[str, Value]:
    return {**key, "state": state.value, "reason": ""}


def _of_done(total: Total) -> Figures:
    return replace(Figures.of(total.what, total.amounts), jobs=total.amounts.images)
