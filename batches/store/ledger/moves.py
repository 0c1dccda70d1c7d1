"""The moves of one job. Each is "to B if still A, and I still own it".

Every verb answers with the job as it now stands, or None when it was taken from us meanwhile: the late worker steps
aside. `feeding` has the moves that the dispatcher makes with many jobs at once, `steering` and `retrying` those of a
person; nothing else but `copies` changes a state.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from sqlalchemy import bindparam, case, exists, func, insert, select, update

from batches.policy import Policy
from batches.store.ledger import charges, copies, feeding, quarters, spending, stops
from batches.store.ledger.conditions import in_state
from batches.store.ledger.quarters import Amounts, What
from batches.store.ledger.records import Attempt, ClaimedJob, Reported, Ticket
from batches.store.ledger.schema import attempts, batches, jobs
from batches.store.ledger.schema import charges as lines
from batches.store.ledger.states import MOVES, NEVER, State

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from batches.store.ledger.records import KeptImage

Outcome = Literal["done", "refused", "failed", "moderated", "lost"]

originals = jobs.alias("originals")
answers = lines.alias("answers")

IMAGE_COLUMNS = ("key", "sha256", "format", "width", "height", "bytes", "dhash")

CLAIMABLE = (State.CALLED, State.RENDERING)

# Written once, and not at every move: to put a statement together takes ten times as long as to run it.

TAKE = update(jobs).where(
    jobs.c.id == bindparam("its_id"),
    jobs.c.owner.is_(None),
    jobs.c.account == bindparam("its_account"),
    in_state(CLAIMABLE),
)
"""Become the owner of a job that has none and is of our account: a late doorbell may find it at another."""

READ = (
    select(
        jobs,
        batches.c.name.label("batch_name"),
        batches.c.fingerprint.label("batch_fingerprint"),
        batches.c.accounts.label("batch_accounts"),
        batches.c.created_at.label("batch_created_at"),
        batches.c.manifest_sha256,
        batches.c.prices_as_of,
        batches.c.prices_sha256,
        batches.c.policy,
        case((jobs.c.copy_of.is_not(None), func.coalesce(originals.c.image_key, ""))).label("copied_key"),
        attempts.c.id.label("attempt_id"),
        attempts.c.number.label("attempt_number"),
        attempts.c.started_at,
        attempts.c.ticket_id,
        attempts.c.polling_url,
        attempts.c.accepted_at,
        answers.c.micro_credits,
        answers.c.input_micro_mp,
        answers.c.output_micro_mp,
    )
    .join(batches, batches.c.id == jobs.c.batch_id)
    .outerjoin(originals, originals.c.id == jobs.c.copy_of)
    .outerjoin(attempts, (attempts.c.job_id == jobs.c.id) & attempts.c.ended_at.is_(None))
    .outerjoin(answers, (answers.c.attempt_id == attempts.c.id) & (answers.c.kind == "reported"))
    .where(jobs.c.id == bindparam("its_id"))
)
"""A job with its batch and the attempt under way."""

UNDER_WAY = exists().where(attempts.c.id == bindparam("its_attempt"), attempts.c.ended_at.is_(None))

OURS = update(jobs).where(
    jobs.c.id == bindparam("its_id"), jobs.c.state == bindparam("its_state"), jobs.c.owner == bindparam("its_owner")
)
"""Move a job that is still ours and still where we left it."""

OURS_UNDER_WAY = OURS.where(UNDER_WAY)
"""A worker that slept can have lost a job and have claimed it anew: then only the attempt tells the two apart."""

COUNT = {
    what: update(jobs).where(jobs.c.id == bindparam("its_id")).values({counter: counter + 1})
    for what, counter in (("failure", jobs.c.failures), ("wait", jobs.c.waits))
}
"""Counted where they stand: a worker that holds a job twice does not forget a failure."""

BEGIN = (
    insert(attempts)
    .values(
        number=select(1 + func.coalesce(func.max(attempts.c.number), 0))
        .where(attempts.c.job_id == bindparam("its_id"))
        .scalar_subquery()
    )
    .returning(attempts.c.id, attempts.c.number)
)
"""The next attempt of a job."""

CHANGE_ATTEMPT = update(attempts).where(attempts.c.id == bindparam("its_id"))

IS_LOST = select(attempts.c.outcome == "lost").where(attempts.c.id == bindparam("its_attempt"))
"""Whether an attempt was given up in doubt."""

SETTLE_DOUBT = update(jobs).where(jobs.c.id == bindparam("its_id"), jobs.c.state == bindparam("its_state"), UNDER_WAY)
"""Move a job in doubt, whoever had it."""


def claim(tx: Connection, job_id: int, worker: str, account: str, now: float) -> ClaimedJob | None:
    """Become the owner of a job that was called for this account, or that lost its owner on the way."""
    taken = tx.execute(TAKE, {"its_id": job_id, "its_account": account, "owner": worker, "changed_at": now})
    return _claimed(tx, job_id) if taken.rowcount == 1 else None


def is_taken(tx: Connection, job: ClaimedJob) -> bool:
    """Whether another worker has this job now."""
    owner = tx.scalar(select(jobs.c.owner).where(jobs.c.id == job.id))
    return owner is not None and owner != job.owner


def begin_attempt(tx: Connection, job: ClaimedJob, now: float) -> ClaimedJob | None:
    """Write the intent to pay, and set the money aside, before anything is sent."""
    if not _move(tx, job, State.SUBMITTING, now, reason=""):
        return None
    new = {"its_id": job.id, "job_id": job.id, "account": job.account, "started_at": now}
    attempt_id, number = tx.execute(BEGIN, new).one()
    charges.reserve(tx, job, attempt_id, now)
    attempt = Attempt(id=attempt_id, number=number, started_at=now, ticket=None, said=Reported())
    return replace(job, state=State.SUBMITTING, attempt=attempt)


def keep_ticket(tx: Connection, job: ClaimedJob, ticket: Ticket, said: Reported) -> ClaimedJob | None:
    """Write down what BFL answered: from here on this attempt is never paid again.

    The ticket is kept even when the job was taken from us: an answer that comes late settles the doubt. Where the
    attempt was given up meanwhile, its money is no longer at risk but spent, if the answer says how much.
    """
    attempt = job.under_way
    now = ticket.accepted_at
    told = {"ticket_id": ticket.id, "polling_url": ticket.polling_url, "accepted_at": now}
    tx.execute(CHANGE_ATTEMPT, {"its_id": attempt.id, **told})
    stops.went_well(tx, job)
    charges.book(tx, job, attempt.id, "reported", said, source="submit answer", now=now)
    if not _move(tx, job, State.RENDERING, now, waits=0):
        settled = _settle_doubt(tx, job, attempt, now)
        if not settled and said.micro_credits is not None and tx.scalar(IS_LOST, {"its_attempt": attempt.id}):
            charges.settle(tx, job, attempt, What.LOST, said, source="submit answer", now=now)
        return None
    return replace(job, state=State.RENDERING, waits=0, attempt=replace(attempt, ticket=ticket, said=said))


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
    if not _move(tx, job, State.QUEUED, now, owner=None, due_at=due_at, reason=reason):
        return False
    if counts != "nothing":
        tx.execute(COUNT[counts], {"its_id": job.id})
    if job.attempt is not None:
        _end_attempt(tx, job, "refused" if cost is None else "failed", reason, now)
        _close(tx, job, What.FAILED, cost, source="result", now=now)
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
    _close(tx, job, What.MODERATED, cost, source=source, now=now)
    return True


def doubt(tx: Connection, job: ClaimedJob, reason: str, now: float, *, for_a_person: bool = False) -> bool:
    """Nobody knows whether this attempt was taken and will be billed, or how to get its picture: the job is unsure.

    What is for a person is set aside: no policy submits it again.
    """
    due_at = NEVER if for_a_person else now
    doubtful = _move(tx, job, State.UNSURE, now, owner=None, due_at=due_at, reason=reason)
    spending.reconsider(tx, job.batch_id)  # a cautious cap does not count what is at risk
    return doubtful


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
    charges.settle_result(tx, job, job.under_way, cost, image=image, now=now)
    copies.let_go_on(tx, job.id, now)
    stops.was_stored(tx, job.account, now)
    return True


def copied(tx: Connection, job: ClaimedJob, image: KeptImage, now: float) -> bool:
    """The picture of another job is stored for this one too: it is done, and nothing was spent."""
    if not _move(tx, job, State.DONE, now, owner=None, reason="", **_columns_of(image)):
        return False
    what = What.COPIED if job.occurrence > 1 else What.REUSED
    saved = Amounts(images=1, output_pixels=image.width * image.height, saved=job.estimate_micro_credits or 0)
    quarters.add(tx, quarters.key_of(job, what, now), saved)
    return True


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
    if not _move(tx, job, to, now, owner=None, reason=reason):
        return False
    if to is State.FAILED:
        tx.execute(COUNT["failure"], {"its_id": job.id})
    if job.attempt is not None:
        _end_attempt(tx, job, "moderated" if to is State.MODERATED else "failed", reason, now)
        _close(tx, job, What(to), cost, source=source, now=now)
    copies.end_alike(tx, job.id, to, reason, now)
    return True


def hand_over(tx: Connection, job: ClaimedJob, *, now: float, due_at: float, reason: str) -> bool:
    """Let go of a job that BFL is working on, or is done with: the next worker goes on from its ticket."""
    return _move(tx, job, State.RENDERING, now, owner=None, called_at=None, due_at=due_at, reason=reason)


def _move(tx: Connection, job: ClaimedJob, to: State, now: float, **columns: object) -> bool:
    if to not in MOVES[job.state]:
        raise ValueError(f"no move leads from {job.state} to {to}")
    statement = OURS if job.attempt is None else OURS_UNDER_WAY
    still = {"its_id": job.id, "its_state": job.state, "its_owner": job.owner}
    if job.attempt is not None:
        still["its_attempt"] = job.attempt.id
    return tx.execute(statement, {**still, "state": to, "changed_at": now, **columns}).rowcount == 1


def _settle_doubt(tx: Connection, job: ClaimedJob, attempt: Attempt, now: float) -> bool:
    """Somebody took the job from us while the answer was on its way; if it is still in doubt, it no longer is."""
    doubtful = {"its_id": job.id, "its_state": State.UNSURE, "its_attempt": attempt.id}
    new = {"state": State.RENDERING, "reason": "the answer came late", "due_at": now, "called_at": None}
    settled = tx.execute(SETTLE_DOUBT, {**doubtful, **new, "changed_at": now}).rowcount == 1
    feeding.reopen(tx, {job.batch_id})
    return settled


def _columns_of(image: KeptImage) -> dict[str, object]:
    return {f"image_{name}": getattr(image, name) for name in IMAGE_COLUMNS} | {"flags": image.flags}


def _end_attempt(tx: Connection, job: ClaimedJob, outcome: Outcome, message: str, now: float) -> None:
    tx.execute(CHANGE_ATTEMPT, {"its_id": job.under_way.id, "outcome": outcome, "message": message, "ended_at": now})


def _close(
    tx: Connection, job: ClaimedJob, what: What, cost: Reported | None, *, source: charges.Source, now: float
) -> None:
    """End the reservation of an attempt that brought no picture. A cost of None means that nothing was spent."""
    attempt = job.under_way
    if cost is None:
        charges.release(tx, job, attempt, now)
    else:
        charges.settle(tx, job, attempt, what, cost, source=source, now=now)


def _claimed(tx: Connection, job_id: int) -> ClaimedJob:
    row = tx.execute(READ, {"its_id": job_id}).one()
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
    return Attempt(
        id=row.attempt_id,
        number=row.attempt_number,
        started_at=row.started_at,
        ticket=ticket,
        said=Reported(
            micro_credits=row.micro_credits, input_micro_mp=row.input_micro_mp, output_micro_mp=row.output_micro_mp
        ),
    )
