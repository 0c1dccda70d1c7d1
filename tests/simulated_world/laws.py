"""What holds in every world when it has ended, whatever happened in it. `money` has the laws of money."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from batches.store.images import sidecar_of
from batches.store.ledger import spending
from batches.store.ledger.quarantine import MOST_DEATHS
from batches.store.ledger.states import ENDED, MOVES, NEVER, State
from batches.store.sidecar import Sidecar
from tests.simulated_world import money
from tests.simulated_world.remains import Remains

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batches.store.images import ImageStore
    from tests.simulated_world.world import World


def broken(world: World) -> Iterator[str]:
    """Every law that does not hold, in a sentence."""
    yield from (f"a mistake: {mistake}" for mistake in world.story.mistakes)
    remains = Remains(world.ledger)
    yield from _every_batch_ends(world)
    yield from _every_job_ends(remains)
    yield from _every_move_is_of_the_table(remains)
    yield from _doubts_are_settled(world, remains)
    yield from _policies_are_kept(world, remains)
    yield from _poison_is_set_aside(world, remains)
    yield from _pictures_are_there(world, remains)
    yield from money.broken(world, remains)


def _every_batch_ends(world: World) -> Iterator[str]:
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


def _every_job_ends(remains: Remains) -> Iterator[str]:
    for job in remains.jobs.values():
        if job.state == State.QUEUED and job.due_at >= NEVER and remains.jobs[job.copy_of].state in ENDED:
            yield f"job {job.id} waits for a picture, and job {job.copy_of} is {remains.jobs[job.copy_of].state}"
        if job.state in ENDED and job.owner is not None:
            yield f"job {job.id} is {job.state} and has an owner"
        if job.state in ENDED and any(attempt.ended_at is None for attempt in remains.tries[job.id]):
            yield f"job {job.id} is {job.state} and has an attempt under way"


def _every_move_is_of_the_table(remains: Remains) -> Iterator[str]:
    for job_id, before, after, had, has in remains.diary:
        if before != after and after not in MOVES[State(before)]:
            yield f"job {job_id} went from {before} to {after}"
        if had is not None and has is not None and had != has:
            yield f"job {job_id} was taken from {had} by {has}"


def _doubts_are_settled(world: World, remains: Remains) -> Iterator[str]:
    """A ticket that reached a worker is kept, and ends the doubt, but for what BFL does not end or is set aside."""
    for attempt in remains.attempts:
        job = remains.jobs[attempt.job_id]
        in_doubt = job.state == State.UNSURE and job.due_at < NEVER and attempt.ended_at is None
        if in_doubt and attempt.ticket_id and not job.reason.startswith("no result within"):
            yield f"job {job.id} is unsure, and there is a ticket: {job.reason}"
    if not world.fleet.deaths and not world.weather.struck.get("broken ledger"):
        kept = {attempt.ticket_id for attempt in remains.attempts}
        delivered = [task.id for task in world.company.tasks.values() if task.delivered]
        yield from (f"the ticket {ticket} is not kept" for ticket in delivered if ticket not in kept)


def _policies_are_kept(world: World, remains: Remains) -> Iterator[str]:
    """As many tries as a policy allows; where a person has asked for more, there are more."""
    for job in remains.jobs.values():
        policy, outcomes = world.policy_of(job.batch_id), [attempt.outcome for attempt in remains.tries[job.id]]
        if job.batch_id in world.person.retried:
            continue
        if outcomes.count("failed") > policy.attempts:
            yield f"job {job.id} failed {outcomes.count('failed')} times of {policy.attempts}"
        if outcomes.count("moderated") > policy.new_seeds + 1:
            yield f"job {job.id} was moderated {outcomes.count('moderated')} times, with {policy.new_seeds} new seeds"


def _poison_is_set_aside(world: World, remains: Remains) -> Iterator[str]:
    """A picture that takes down each worker harms no other job, where nobody else takes workers down."""
    struck = world.weather.struck  # who leaves while an answer is late falls silent as well
    silences = world.fleet.deaths + world.fleet.swoons + struck.get("broken ledger", 0) + struck.get("late answer", 0)
    for job in remains.jobs.values():
        dangerous = job.deaths >= MOST_DEATHS
        if job.deaths > silences:
            yield f"job {job.id} was there when {job.deaths} workers died, and {silences} fell silent"
        if job.output_name == world.fleet.images.poison:
            if job.state == State.DONE:
                yield f"job {job.id} is done, which no worker survives"
        elif dangerous and not world.fleet.kills and not world.fleet.swoons:
            yield f"job {job.id} is set aside, and is as good as any"
        if dangerous and job.state not in {State.UNSURE, State.CANCELLED} and not world.fleet.swoons:
            yield f"job {job.id} is {job.state}, and {job.deaths} workers died with it"


def _pictures_are_there(world: World, remains: Remains) -> Iterator[str]:
    for job in remains.jobs.values():
        if job.state == State.DONE and not _is_kept(world.fleet.images, job):
            yield f"job {job.id} is done and has no picture, or another one than its row and its sidecar say"


def _is_kept(images: ImageStore, job: Any) -> bool:
    data, facts = images.get(job.image_key), Sidecar.read(images.get(sidecar_of(job.image_key)))
    there = hashlib.sha256(data).hexdigest()
    return (facts.job.number, facts.image.sha256, job.image_sha256) == (job.number, there, there)
