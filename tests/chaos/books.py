"""The company's books against the ledger: every task has an attempt, and every credit an explanation."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from batches.store.ledger.schema import attempts, charges, jobs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection

DOUBTS = {"lost", None}
"""Outcomes of an attempt without a ticket that BFL may have billed: submitted again, or held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What the company says of one order."""

    id: str
    what: tuple[str, str]  #: model and prompt: in this manifest they name a job
    lane: str
    micro_credits: int  #: that were billed
    accepted_at: float  #: seconds since the epoch
    finished_at: float  #: seconds since the epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """What the ledger says of one attempt."""

    what: tuple[str, str]  #: model and prompt
    ticket: str | None  #: the company's id of the task
    accepted_at: float | None  #: when its ticket came, in seconds since the epoch
    outcome: str | None  #: none while it is open
    ended_at: float | None  #: seconds since the epoch
    settled: int | None  #: micro-credits; none: not settled, or nobody told

    @property
    def was_for_nothing(self) -> bool:
        """Whether its job may be ordered, and paid, again: BFL called it failed, or its ticket came after the doubt."""
        if self.outcome != "lost":
            return self.outcome == "failed"
        return self.accepted_at is None or self.ended_at is None or self.accepted_at >= self.ended_at


@dataclass(frozen=True)
class Books:
    """Both sides of one batch."""

    tasks: Sequence[Task]
    tries: Sequence[Try]

    @cached_property
    def billed(self) -> int:
        """Micro-credits the company was promised and has taken."""
        return sum(task.micro_credits for task in self.tasks)

    @cached_property
    def settled(self) -> int:
        """Micro-credits in the ledger."""
        return sum(one.settled or 0 for one in self.tries)

    @cached_property
    def lost(self) -> int:
        """Micro-credits billed for orders whose answer, or whose result, never came: the ledger has them at risk."""
        known = {one.ticket for one in self.tries if one.outcome not in DOUBTS}
        return sum(task.micro_credits for task in self.tasks if task.id not in known)

    @cached_property
    def untold(self) -> int:
        """Micro-credits billed for tasks that a poll called failed: the ledger has settled them as unknown."""
        failed = {one.ticket for one in self.tries if one.outcome == "failed" and one.settled is None}
        return sum(task.micro_credits for task in self.tasks if task.id in failed)

    @cached_property
    def unexplained(self) -> int:
        """Micro-credits in which the two differ for no reason."""
        return self.billed - self.settled - self.lost - self.untold

    @cached_property
    def paid_twice(self) -> int:
        """Billed orders beyond the one of a job that counts, and orders for which there is not even a doubt."""
        by_ticket = {one.ticket: one for one in self.tries}
        counting = Counter(
            task.what for task in self._billed if task.id in by_ticket and not by_ticket[task.id].was_for_nothing
        )
        unknown = Counter(task.what for task in self.tasks if task.id not in by_ticket)
        doubts = Counter(one.what for one in self.tries if one.ticket is None and one.outcome in DOUBTS)
        return counting.total() - len(counting) + (unknown - doubts).total()

    @cached_property
    def paid_again(self) -> int:
        """Billed orders beyond the first of a job."""
        return len(self._billed) - len({task.what for task in self._billed})

    @cached_property
    def peaks(self) -> Mapping[str, int]:
        """By lane, the most tasks that were active at once to the ledger's knowledge.

        An answer that is lost, or a lie that a task has failed, frees a slot while the company still works on it.
        """
        known = {one.ticket: one for one in self.tries}
        moments: dict[str, list[tuple[float, int]]] = defaultdict(list)
        for task in self.tasks:
            if task.id in known:
                moments[task.lane] += [(task.accepted_at, 1), (_end_of(task, known[task.id]), -1)]
        return {lane: _highest(changes) for lane, changes in moments.items()}

    @property
    def _billed(self) -> Sequence[Task]:
        return [task for task in self.tasks if task.micro_credits]


def books_of(tx: Connection, tasks: Sequence[dict[str, Any]]) -> Books:
    """Read the ledger beside what `/_sim/tasks` tells, once everything is at rest."""
    return Books([_task(told) for told in tasks], list(_tries(tx)))


def _task(told: dict[str, Any]) -> Task:
    return Task(
        id=told["id"],
        what=(told["endpoint"], told["prompt"]),
        lane=told["lane"],
        micro_credits=told["price"] if told["status"] == "Ready" else 0,
        accepted_at=told["accepted_at"],
        finished_at=told["finished_at"],
    )


def _tries(tx: Connection) -> Iterator[Try]:
    settled = select(charges.c.micro_credits).where(charges.c.attempt_id == attempts.c.id, charges.c.kind == "settled")
    query = select(attempts, jobs.c.model, jobs.c.params, settled.scalar_subquery().label("settled")).join(jobs)
    for row in tx.execute(query):
        yield Try(
            what=(row.model, row.params["prompt"]),
            ticket=row.ticket_id,
            accepted_at=row.accepted_at,
            outcome=row.outcome,
            ended_at=row.ended_at,
            settled=row.settled,
        )


def _end_of(task: Task, its: Try) -> float:
    return task.finished_at if its.ended_at is None else min(task.finished_at, its.ended_at)


def _highest(changes: Sequence[tuple[float, int]]) -> int:
    level = highest = 0
    for _, change in sorted(changes):  # at the same moment one ends before the next begins
        level += change
        highest = max(highest, level)
    return highest
