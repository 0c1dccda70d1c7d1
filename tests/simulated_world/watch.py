"""What holds at every moment in which an order arrives at BFL, whatever happened before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from batches.store.ledger import stops
from batches.store.ledger.schema import attempts, batches, jobs
from batches.store.ledger.standing import batch_of
from batches.store.ledger.states import State
from tests.simulated_world.fleet import ACCOUNT, MOST_SKEW

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from batches.store.ledger.records import Batch
    from tests.simulated_world.world import World

ON_ITS_WAY_SECONDS = 0.7
"""From the transaction in which a worker makes up its mind until its order arrives."""

EVERY_JOB = select(jobs, attempts.c.ticket_id).outerjoin(
    attempts, (attempts.c.job_id == jobs.c.id) & attempts.c.ended_at.is_(None)
)
"""With the ticket of the attempt under way."""

ITS_BATCH = select(batches).where(batches.c.id == bindparam("its_id"))


class Watch:
    """Compares each order with the ledger, until a worker's heart stood still: then it orders what it should not."""

    def __init__(self, world: World) -> None:
        self._world = world

    def order_arrives(self, prompt: str, active: Collection[str]) -> None:
        """Just before BFL judges it; `active` are the tickets it works on now."""
        if self._world.fleet.swoons:
            return
        with self._world.ledger.read() as tx:
            rows = tx.execute(EVERY_JOB).all()
            [job] = [row for row in rows if row.params["prompt"] == prompt]
            batch = batch_of(tx.execute(ITS_BATCH, {"its_id": job.batch_id}).mappings().one())
            stop = stops.stop_of_account(tx, ACCOUNT)
        known = [row for row in rows if row.state == State.RENDERING and row.ticket_id in active]
        for complaint in (*self._about_job(job), *self._about_lane(known, batch), *self._about_batch(job, batch)):
            self._world.story.blame(f"{prompt!r} is ordered {complaint}")
        if stop is not None and stop.probe != job.id and self._rests_surely(stop.until - stop.rest, stop.until):
            self._world.story.blame(f"{prompt!r} is ordered while the account rests: {stop.reason}")

    def _about_job(self, job: Any) -> Iterator[str]:
        if job.state != State.SUBMITTING or job.ticket_id is not None:
            yield f"while it is {job.state} with ticket {job.ticket_id}"
        if job.copy_of is not None:
            yield "though it is a copy"

    def _about_lane(self, known: Collection[Any], batch: Batch) -> Iterator[str]:
        if len(known) >= self._world.company.limit:
            yield f"beside {len(known)} that are active, and the limit is {self._world.company.limit}"
        its, most = sum(job.batch_id == batch.id for job in known), batch.policy.in_flight
        if most is not None and its >= most:
            yield f"beside {its} of {batch.id}, which may have {most} in flight"

    def _about_batch(self, job: Any, batch: Batch) -> Iterator[str]:
        halted = self._world.person.halted.get(batch.id)
        if halted is not None and halted < self._world.hub.now - ON_ITS_WAY_SECONDS:
            yield f"though {batch.id} is {batch.paused}"
        if batch.canary is not None and job.number > batch.canary.first:
            yield "before the canary is approved"

    def _rests_surely(self, since: float, until: float) -> bool:
        """Whether it did so by any worker's clock when this order's worker made up its mind."""
        now = self._world.hub.now
        return since < now - ON_ITS_WAY_SECONDS - 2 * MOST_SKEW and until > now + MOST_SKEW
