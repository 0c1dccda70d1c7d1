"""What holds in every world, whatever happened in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from batches.policy import BudgetMode
from batches.store.ledger import spending
from batches.store.ledger.schema import attempts, batches, charges, jobs, quarters
from batches.store.ledger.states import ENDED, NEVER, State
from tests.simulated_world.company import PRICE
from tests.simulated_world.pictures import PICTURE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulated_world.world import World


def broken(world: World) -> Iterator[str]:
    """Every law that does not hold, in a sentence."""
    yield from (f"a mistake: {mistake}" for mistake in world.story.mistakes)
    yield from _everything_ends(world)
    yield from _nothing_is_paid_twice(world)
    yield from _the_books_agree(world)
    yield from _slots_hold(world)
    yield from _pictures_are_there(world)


def _everything_ends(world: World) -> Iterator[str]:
    for one in world.standings():
        if not (one.rests or one.is_held):
            yield f"{one.batch.id} does not come to rest: {dict(one.jobs)}"
        if one.is_held and one.batch.paused != "budget":
            yield f"{one.batch.id} rests for its {one.batch.paused}"
        if one.is_held:
            with world.ledger.write() as tx:
                purse = spending.purse_of(tx, one.batch.id)
            if purse is None or purse.has_room(one.batch.paused_for):
                yield f"{one.batch.id} rests for its budget, which has room"
    states = {job.id: job.state for job in world.rows(jobs)}
    for job in world.rows(jobs):
        if job.state == State.QUEUED and job.due_at >= NEVER and states[job.copy_of] in ENDED:
            yield f"job {job.id} waits for a picture, and job {job.copy_of} is {states[job.copy_of]}"
    for attempt in world.rows(attempts):
        if states[attempt.job_id] == State.UNSURE and attempt.ended_at is None and attempt.ticket_id:
            yield f"job {attempt.job_id} is unsure, and there is a ticket"


def _nothing_is_paid_twice(world: World) -> Iterator[str]:
    """Beyond its first order a job is ordered again only after a failure, other seeds, or a doubt within its bound."""
    tries, rows = _by_job(world), {job.id: job for job in world.rows(jobs)}
    known = {attempt.ticket_id for its in tries.values() for attempt in its}
    orphans = [task for task in world.company.tasks.values() if task.id not in known]
    doubts = sum(
        attempt.ticket_id is None and attempt.outcome in {"lost", None} for its in tries.values() for attempt in its
    )
    if len(orphans) > doubts:
        yield f"{len(orphans)} orders that the ledger does not know, and {doubts} doubts"
    for job_id, its in tries.items():
        job, outcomes = rows[job_id], Counter(attempt.outcome for attempt in its)
        if outcomes["done"] != (job.state == State.DONE):
            yield f"job {job_id} is {job.state} with {outcomes['done']} pictures"
        if job.copy_of is not None:
            yield f"job {job_id} is a copy and was ordered"
    policies = dict(zip(world.batch_ids, world.policies, strict=True))
    risked: Counter[str] = Counter()
    for job_id, its in tries.items():
        risked[rows[job_id].batch_id] += sum(PRICE for attempt in its if attempt.outcome == "lost")
    for batch_id, amount in risked.items():
        if amount > policies[batch_id].unsure.bound(0):
            yield f"{batch_id} risked {amount} of {policies[batch_id].unsure.bound(0)}"


def _the_books_agree(world: World) -> Iterator[str]:
    settled: dict[int, int | None] = {
        line.attempt_id: line.micro_credits for line in world.rows(charges) if line.kind == "settled"
    }
    for its in _by_job(world).values():
        for attempt in its:
            if attempt.ticket_id and attempt.ended_at and attempt.outcome != "lost":
                billed = world.company.tasks[attempt.ticket_id].billed
                if settled.get(attempt.id) not in {billed, None}:
                    yield f"attempt {attempt.id}: BFL bills {billed}, we settled {settled.get(attempt.id)}"
    spent = Counter[str]()
    for line in world.rows(charges):
        if line.kind == "settled":
            spent[line.batch_id] += line.micro_credits or 0
    summed = Counter[str]()
    for row in world.rows(quarters):
        summed[row.batch_id] += row.settled
    for batch in world.rows(batches):
        if summed[batch.id] != spent[batch.id]:
            yield f"{batch.id} has {summed[batch.id]} spent, its lines say {spent[batch.id]}"
        yield from _the_cap_holds(world, batch, spent[batch.id])


def _the_cap_holds(world: World, batch: Any, spent: int) -> Iterator[str]:
    number = world.batch_ids.index(batch.id)
    budget = world.policies[number].budget
    if budget and budget.mode is not BudgetMode.SOFT and number % 2 != world.seed % 2 and spent > budget.micro_credits:
        yield f"{batch.id} spent {spent} of {budget.micro_credits}"


def _slots_hold(world: World) -> Iterator[str]:
    """Without kills, sleep and lost answers nobody orders more than there are slots."""
    if not world.upheavals and not world.weather.struck.get("lost answer") and world.company.too_many:
        yield f"{world.company.too_many} orders beyond the limit of {world.limit}"


def _pictures_are_there(world: World) -> Iterator[str]:
    for job in world.rows(jobs):
        if job.state == State.DONE and world.images.get(job.image_key) != PICTURE:
            yield f"job {job.id} is done and has no picture"
        if job.owner is not None and State(job.state) in ENDED:
            yield f"job {job.id} is {job.state} and has an owner"


def _by_job(world: World) -> dict[int, list[Any]]:
    tries: dict[int, list[Any]] = defaultdict(list)
    for attempt in world.rows(attempts):
        tries[attempt.job_id].append(attempt)
    return tries
