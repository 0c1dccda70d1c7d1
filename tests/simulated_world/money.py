"""Laws of money: nothing is paid twice, caps and bounds hold, and our books agree with BFL's."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from batches.policy import BudgetMode
from batches.store.ledger.quarters import What
from batches.store.ledger.states import State
from tests.simulated_world.company import PRICE
from tests.simulated_world.fleet import MOST_SKEW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.simulated_world.remains import Remains
    from tests.simulated_world.world import World

RESUBMITTED = "the answer was lost; submitted again"
"""What is said of an attempt that was given up, so that its job could be ordered once more."""


def broken(world: World, remains: Remains) -> Iterator[str]:
    """Every law of money that does not hold, in a sentence."""
    yield from _nothing_is_paid_twice(world, remains)
    yield from _nothing_is_given_up_early(world, remains)
    yield from _risks_are_bounded(world, remains)
    yield from _charges_add_up(world, remains)
    yield from _caps_hold(world, remains)


def _nothing_is_paid_twice(world: World, remains: Remains) -> Iterator[str]:
    """Each order of BFL's is an attempt of ours: by its ticket, or as a doubt."""
    known = {attempt.ticket_id for attempt in remains.attempts}
    strangers = Counter(task.prompt for task in world.company.tasks.values() if task.id not in known)
    for job in remains.jobs.values():
        tries = remains.tries[job.id]
        pictures = sum(attempt.outcome == "done" for attempt in tries)
        doubts = sum(attempt.ticket_id is None and attempt.outcome in {"lost", None} for attempt in tries)
        if (orders := strangers[job.params["prompt"]]) > doubts:
            yield f"job {job.id}: {orders} orders that the ledger does not know, and {doubts} doubts"
        if pictures != (job.state == State.DONE and job.copy_of is None):
            yield f"job {job.id} is {job.state} with {pictures} pictures"
        if job.copy_of is not None and tries:
            yield f"job {job.id} is a copy and was ordered"


def _nothing_is_given_up_early(world: World, remains: Remains) -> Iterator[str]:
    """With its ticket in hand no policy gives an attempt up before its deadline."""
    patience = world.fleet.patience.deadline - MOST_SKEW
    for attempt in remains.attempts:
        by_policy = remains.jobs[attempt.job_id].batch_id not in world.person.retried
        if attempt.ticket_id and attempt.message == RESUBMITTED and by_policy:
            kept_at = world.story.kept.get(attempt.ticket_id, attempt.accepted_at)
            seconds = attempt.ended_at - kept_at  # hardly any or less: its answer came later
            if MOST_SKEW <= seconds < patience:
                yield f"attempt {attempt.id} is given up {seconds} s after its ticket was kept"


def _risks_are_bounded(world: World, remains: Remains) -> Iterator[str]:
    """What a person does, who cancels or has jobs tried again, comes on top."""
    risked = Counter[str]()
    for attempt in remains.attempts:
        if attempt.message == RESUBMITTED:
            risked[remains.jobs[attempt.job_id].batch_id] += PRICE
    for batch_id, amount in risked.items():
        bound = world.policy_of(batch_id).unsure.bound(0)
        if amount > bound + world.person.risked[batch_id]:
            yield f"{batch_id} risked {amount} of {bound}"


def _charges_add_up(world: World, remains: Remains) -> Iterator[str]:
    lines: dict[int, dict[str, int | None]] = defaultdict(dict)
    spent = Counter[str]()
    for line in remains.charges:
        lines[line.attempt_id][line.kind] = line.micro_credits
        if line.kind == "settled":
            spent[line.batch_id] += line.micro_credits or 0
    for attempt in remains.attempts:
        yield from _its_lines_add_up(world, attempt, lines[attempt.id])
    summed = Counter[str]()
    for row in remains.quarters:
        summed[row.batch_id] += row.settled
    for batch in remains.batches:
        if summed[batch.id] != spent[batch.id]:
            yield f"{batch.id} has {summed[batch.id]} spent, its lines say {spent[batch.id]}"


def _its_lines_add_up(world: World, attempt: Any, lines: Mapping[str, int | None]) -> Iterator[str]:
    """What is set aside for an attempt is settled or released once it has ended, and not before."""
    closed = lines.keys() & {"settled", "released"}
    if lines.get("reserved") != PRICE:
        yield f"attempt {attempt.id}: its price is not reserved"
    late = attempt.outcome == "lost" and attempt.ticket_id is not None  # its answer may have come after it was given up
    if len(closed) != (attempt.outcome not in {None, "lost"}) and not (late and closed == {"settled"}):
        yield f"attempt {attempt.id} is {attempt.outcome}, and {closed or 'not closed'}"
    if attempt.ticket_id and "released" in lines:
        yield f"attempt {attempt.id} is released, though BFL took it"
    if "settled" in lines:
        billed = world.company.tasks[attempt.ticket_id].billed
        foreseen = {PRICE} if late else set()  # nobody asks how it ended: what the submit answer named stands
        if lines["settled"] not in {billed, None} | foreseen:
            yield f"attempt {attempt.id}: BFL bills {billed}, we settled {lines['settled']}"


def _caps_hold(world: World, remains: Remains) -> Iterator[str]:
    """A hard cap even on BFL's own books."""
    batch_of = {job.params["prompt"]: job.batch_id for job in remains.jobs.values()}
    billed = Counter[str]()
    for task in world.company.tasks.values():
        billed[batch_of[task.prompt]] += task.billed
    for batch in remains.batches:
        budget = world.policy_of(batch.id).budget
        if budget is None or budget.mode is BudgetMode.SOFT or batch.id in world.raised:
            continue
        paid = billed[batch.id] if budget.mode is BudgetMode.HARD else _spent_without_doubts(remains, batch.id)
        if paid > budget.micro_credits:
            yield f"{batch.id} cost {paid} of {budget.micro_credits}"


def _spent_without_doubts(remains: Remains, batch_id: str) -> int:
    """What a cautious cap counts: an answer that was lost may have been billed beyond it."""
    return sum(row.settled for row in remains.quarters if row.batch_id == batch_id and row.what != What.LOST)
