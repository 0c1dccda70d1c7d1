"""The moves of one job. Each is "to B if still A, and I still own it".

Every verb answers with the job as it now stands, or None when it was taken from us meanwhile: the late worker steps
aside. `feeding` has the moves that the dispatcher makes with many jobs at once, `steering` and `retrying` those of a
person; nothing else but `copies` changes a state.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from sqlalchemy import and_, case, exists, func, insert, select, update

from batches.policy import Policy
from batches.store.ledger import charges, copies, feeding
from batches.store.ledger.records import Attempt, ClaimedJob, Ticket
from batches.store.ledger.schema import attempts, batches, jobs
from batches.store.ledger.states import MOVES, State

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row

    from batches.store.ledger.records import KeptImage, Reported

Outcome = Literal["done", "refused", "failed", "moderated", "lost"]

originals = jobs.alias("originals")

CLAIMABLE = (State.CALLED, State.RENDERING)


def claim(tx: Connection, job_id: int, worker: str, now: float) -> ClaimedJob | None:
    """Become the owner of a job that was called, or that lost its owner on the way."""
    taken = tx.execute(
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.owner.is_(None), jobs.c.state.in_(CLAIMABLE))
        .values(owner=worker, changed_at=now)
    )
    return _claimed(tx, job_id) if taken.rowcount == 1 else None


def begin_attempt(tx: Connection, job: ClaimedJob, now: float) -> ClaimedJob | None:
    """Write the intent to pay, and set the money aside, before anything is sent."""
    if not _move(tx, job, State.SUBMITTING, now, reason=""):
        return None
    number = 1 + (tx.scalar(select(func.max(attempts.c.number)).where(attempts.c.job_id == job.id)) or 0)
    attempt_id = tx.execute(
        insert(attempts)
        .values(job_id=job.id, number=number, account=job.account, started_at=now)
        .returning(attempts.c.id)
    ).scalar_one()
    charges.reserve(tx, job, attempt_id, now)
    attempt = Attempt(id=attempt_id, number=number, started_at=now, ticket=None)
    return replace(job, state=State.SUBMITTING, attempt=attempt)


def keep_ticket(tx: Connection, job: ClaimedJob, ticket: Ticket, said: Reported) -> ClaimedJob | None:
    """Write down what BFL answered: from here on this attempt is never paid again.

    The ticket is kept even when the job was taken from us: an answer that comes late settles the doubt.
    """
    attempt = _under_way(job)
    now = ticket.accepted_at
    tx.execute(
        update(attempts)
        .where(attempts.c.id == attempt.id)
        .values(ticket_id=ticket.id, polling_url=ticket.polling_url, accepted_at=now)
    )
    charges.book(tx, job, attempt.id, "reported", said, source="submit answer", now=now)
    if not _move(tx, job, State.RENDERING, now, waits=0):
        _settle_doubt(tx, job, attempt, now)
        return None
    return replace(job, state=State.RENDERING, waits=0, attempt=replace(attempt, ticket=ticket))


def put_back(
    tx: Connection,
    job: ClaimedJob,
    *,
    now: float,
    due_at: float,
    reason: str,
    counts: Literal["nothing", "wait", "failure"],
    cost: Reported | None,
) -> bool:
    """Back to the queue until its due time. Only a real failure spends an attempt; waiting never does.

    An attempt under way ends here. A cost of None means that BFL never took it and nothing was spent.
    """
    counted = {"failures": jobs.c.failures + int(counts == "failure"), "waits": jobs.c.waits + int(counts == "wait")}
    if not _move(tx, job, State.QUEUED, now, owner=None, due_at=due_at, reason=reason, **counted):
        return False
    if job.attempt is not None:
        _end_attempt(tx, job, "refused" if cost is None else "failed", reason, now)
        charges.close(tx, job, job.attempt.id, cost, now=now)
    return True


def reseed(
    tx: Connection, job: ClaimedJob, seed: int, *, reason: str, cost: Reported, source: charges.Source, now: float
) -> bool:
    """Moderated, and to be tried again with this seed: back to the queue, due at once."""
    params = {**job.params, "seed": seed}
    tried = job.new_seeds + 1
    if not _move(tx, job, State.QUEUED, now, owner=None, due_at=now, reason=reason, params=params, new_seeds=tried):
        return False
    _end_attempt(tx, job, "moderated", reason, now)
    charges.close(tx, job, _under_way(job).id, cost, source=source, now=now)
    return True


def doubt(tx: Connection, job: ClaimedJob, reason: str, now: float) -> bool:
    """Nobody knows whether this attempt was taken and will be billed: the job is unsure."""
    return _move(tx, job, State.UNSURE, now, owner=None, due_at=now, reason=reason)


def start_fetching(tx: Connection, job: ClaimedJob, now: float) -> ClaimedJob | None:
    """The result is ready: download it."""
    return replace(job, state=State.FETCHING) if _move(tx, job, State.FETCHING, now) else None


def ask_again(tx: Connection, job: ClaimedJob, reason: str, now: float) -> ClaimedJob | None:
    """The link died or the bytes were bad: a further poll gives a fresh link, and costs nothing."""
    return replace(job, state=State.RENDERING) if _move(tx, job, State.RENDERING, now, reason=reason) else None


def finish(tx: Connection, job: ClaimedJob, image: KeptImage, cost: Reported, now: float) -> bool:
    """The picture is stored: the job is done and its cost is settled."""
    if not _move(tx, job, State.DONE, now, owner=None, reason="", **_columns_of(image)):
        return False
    _end_attempt(tx, job, "done", "", now)
    charges.settle_result(tx, job, _under_way(job).id, cost, now)
    copies.let_go_on(tx, job.id, now)
    return True


def copied(tx: Connection, job: ClaimedJob, image: KeptImage, now: float) -> bool:
    """The picture of another job is stored for this one too: it is done, and nothing was spent."""
    return _move(tx, job, State.DONE, now, owner=None, reason="", **_columns_of(image))


def end(
    tx: Connection,
    job: ClaimedJob,
    to: Literal[State.MODERATED, State.FAILED],
    *,
    reason: str,
    cost: Reported | None,
    source: charges.Source,
    now: float,
) -> bool:
    """The job ends without a picture, and so do its copies. A cost of None means that nothing was spent."""
    failures = jobs.c.failures + int(to is State.FAILED)
    if not _move(tx, job, to, now, owner=None, reason=reason, failures=failures):
        return False
    if job.attempt is not None:
        _end_attempt(tx, job, "moderated" if to is State.MODERATED else "failed", reason, now)
        charges.close(tx, job, job.attempt.id, cost, source=source, now=now)
    copies.end_alike(tx, job.id, to, reason, now)
    return True


def hand_over(tx: Connection, job: ClaimedJob, *, now: float, due_at: float, reason: str) -> bool:
    """Let go of a job that BFL is working on, or is done with: the next worker goes on from its ticket."""
    return _move(tx, job, State.RENDERING, now, owner=None, called_at=None, due_at=due_at, reason=reason)


def _move(tx: Connection, job: ClaimedJob, to: State, now: float, **columns: object) -> bool:
    if to not in MOVES[job.state]:
        raise ValueError(f"no move leads from {job.state} to {to}")
    moved = tx.execute(update(jobs).where(_still_ours(job)).values(state=to, changed_at=now, **columns))
    return moved.rowcount == 1


def _still_ours(job: ClaimedJob) -> ColumnElement[bool]:
    """A worker that slept can have lost a job and have claimed it anew: then only the attempt tells the two apart."""
    ours = and_(jobs.c.id == job.id, jobs.c.state == job.state, jobs.c.owner == job.owner)
    return ours if job.attempt is None else and_(ours, _is_under_way(job.attempt))


def _is_under_way(attempt: Attempt) -> ColumnElement[bool]:
    return exists().where(attempts.c.id == attempt.id, attempts.c.ended_at.is_(None))


def _settle_doubt(tx: Connection, job: ClaimedJob, attempt: Attempt, now: float) -> None:
    """Somebody took the job from us while the answer was on its way; if it is still in doubt, it no longer is."""
    tx.execute(
        update(jobs)
        .where(jobs.c.id == job.id, jobs.c.state == State.UNSURE, _is_under_way(attempt))
        .values(state=State.RENDERING, reason="the answer came late", due_at=now, called_at=None, changed_at=now)
    )
    feeding.reopen(tx, {job.batch_id})


def _columns_of(image: KeptImage) -> dict[str, object]:
    return {f"image_{name}": getattr(image, name) for name in ("key", "sha256", "format", "width", "height", "bytes")}


def _end_attempt(tx: Connection, job: ClaimedJob, outcome: Outcome, message: str, now: float) -> None:
    tx.execute(
        update(attempts)
        .where(attempts.c.id == _under_way(job).id)
        .values(outcome=outcome, message=message, ended_at=now)
    )


def _under_way(job: ClaimedJob) -> Attempt:
    if job.attempt is None:
        raise ValueError(f"job {job.id} has no attempt under way")
    return job.attempt


def _claimed(tx: Connection, job_id: int) -> ClaimedJob:
    row = tx.execute(
        select(
            jobs,
            batches.c.name.label("batch_name"),
            batches.c.manifest_sha256,
            batches.c.policy,
            case((jobs.c.copy_of.is_not(None), func.coalesce(originals.c.image_key, ""))).label("copied_key"),
            attempts.c.id.label("attempt_id"),
            attempts.c.number.label("attempt_number"),
            attempts.c.started_at,
            attempts.c.ticket_id,
            attempts.c.polling_url,
            attempts.c.accepted_at,
        )
        .join(batches, batches.c.id == jobs.c.batch_id)
        .outerjoin(originals, originals.c.id == jobs.c.copy_of)
        .outerjoin(attempts, (attempts.c.job_id == jobs.c.id) & attempts.c.ended_at.is_(None))
        .where(jobs.c.id == job_id)
    ).one()
    fields = ClaimedJob.__dataclass_fields__.keys() - {"state", "attempt", "policy"}
    return ClaimedJob(
        **{name: getattr(row, name) for name in fields},
        state=State(row.state),
        attempt=_attempt_of(row),
        policy=Policy.from_json(row.policy),
    )


def _attempt_of(row: Row[tuple[object, ...]]) -> Attempt | None:
    if row.attempt_id is None:
        return None
    ticket = (
        Ticket(id=row.ticket_id, polling_url=row.polling_url, accepted_at=row.accepted_at)
        if row.ticket_id is not None
        else None
    )
    return Attempt(id=row.attempt_id, number=row.attempt_number, started_at=row.started_at, ticket=ticket)
