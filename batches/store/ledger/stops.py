"""Accounts and lanes that rest: for something a person has to mend, or until the API is well again.

A stop ends by itself too. When its time has come one job tries whether it is over, and from then on one more each time
as many seconds have passed; the first that goes well lifts it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Float, Text, and_, bindparam, case, delete, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from batches.store.ledger.records import EVERY_LANE, Stop
from batches.store.ledger.schema import jobs, stops, troubles
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row, Table
    from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
    from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

    from batches.store.ledger.records import ClaimedJob

IMAGE_STORE = "image store"
"""The one reason that the API has no part in."""

# Every job meets these, and in good times they find nothing: written once, they cost a tenth of what writing them
# anew each time would.
_account, _lane = bindparam("of_account", type_=Text), bindparam("of_lane", type_=Text)
_job, _now = bindparam("job", type_=BigInteger), bindparam("now", type_=Float)
_concerned = and_(stops.c.account == _account, or_(stops.c.lane == EVERY_LANE, stops.c.lane == _lane))
_ANYTHING_WRONG = select(
    or_(
        exists().where(troubles.c.account == _account, troubles.c.lane == _lane),
        exists().where(_concerned, stops.c.reason != IMAGE_STORE),
    )
)
_FORGET_TROUBLES = delete(troubles).where(troubles.c.account == _account, troubles.c.lane == _lane)
_LIFT_ALL_OF_THE_API = delete(stops).where(_concerned, stops.c.reason != IMAGE_STORE)
_LIFT_THAT_OF_THE_STORE = delete(stops).where(stops.c.account == _account, stops.c.reason == IMAGE_STORE)
_LET_ONE_TRY = update(stops).where(_concerned, stops.c.until <= _now).values(probe=_job, until=_now + stops.c.rest)
_OF_ACCOUNT = select(stops).where(stops.c.account == _account).order_by(stops.c.lane)
_HOLDING = select(stops).where(_concerned, stops.c.until > _now, or_(stops.c.probe.is_(None), stops.c.probe != _job))


def stop(tx: Connection, found: Stop) -> None:
    """Rest from now on, until somebody mended something or a try goes well. One for the same reason goes on."""
    new = _insert(tx, stops).values(
        account=found.account, lane=found.lane, reason=found.reason, message=found.message,
        since=found.since, until=found.until, rest=found.rest, probe=found.probe,
    )  # fmt: skip
    said = {name: new.excluded[name] for name in ("reason", "message", "until", "rest", "probe")}
    since = case((stops.c.reason == new.excluded.reason, stops.c.since), else_=new.excluded.since)
    tx.execute(new.on_conflict_do_update(index_elements=["account", "lane"], set_={**said, "since": since}))


def lift(tx: Connection, account: str, now: float) -> None:
    """Somebody mended what was wrong: the account may be used again, and what waited for that need not wait longer."""
    tx.execute(delete(troubles).where(troubles.c.account == account))
    if tx.execute(delete(stops).where(stops.c.account == account)).rowcount:
        _hurry(tx, account, now)


def went_well(tx: Connection, job: ClaimedJob) -> None:
    """The API took this job: whatever kept the lane or the account from it is over."""
    whose = {"of_account": job.account, "of_lane": job.lane}
    if tx.scalar(_ANYTHING_WRONG, whose):
        tx.execute(_FORGET_TROUBLES, whose)
        tx.execute(_LIFT_ALL_OF_THE_API, whose)


def was_stored(tx: Connection, account: str, now: float) -> None:
    """The image store took a picture."""
    if tx.execute(_LIFT_THAT_OF_THE_STORE, {"of_account": account}).rowcount:
        _hurry(tx, account, now)


def ran_into_trouble(tx: Connection, job: ClaimedJob, now: float, *, within: float) -> int:
    """Count a submission that found the API in trouble: how many they are in a row by now, and within these seconds."""
    new = _insert(tx, troubles).values(account=job.account, lane=job.lane, failures=1, since=now)
    old = troubles.c.since < now - within
    counted = new.on_conflict_do_update(
        index_elements=["account", "lane"],
        set_={
            "failures": case((old, 1), else_=troubles.c.failures + 1),
            "since": case((old, now), else_=troubles.c.since),
        },
    )
    failures: int = tx.execute(counted.returning(troubles.c.failures)).scalar_one()
    return failures


def one_tries(tx: Connection, account: str, lane: str, job_id: int, now: float) -> None:
    """This job was called. Where that is to show whether a stop is over, no other tries for a while."""
    tx.execute(_LET_ONE_TRY, {"of_account": account, "of_lane": lane, "job": job_id, "now": now})


def holding(tx: Connection, job: ClaimedJob, now: float) -> Stop | None:
    """Why this job may not be submitted now; the one that tries whether that is over may."""
    whose = {"of_account": job.account, "of_lane": job.lane}
    row = tx.execute(_HOLDING, {**whose, "job": job.id, "now": now}).first()
    return None if row is None else _stop_of(row)


def stop_of_account(tx: Connection, account: str) -> Stop | None:
    """Why a whole account rests, also while one of its jobs tries whether that is over."""
    return stop_of_lane(tx, account, EVERY_LANE)


def stop_of_lane(tx: Connection, account: str, lane: str) -> Stop | None:
    """Why this lane of the account rests; None where it does not, or only with the account."""
    row = tx.execute(select(stops).where(stops.c.account == account, stops.c.lane == lane)).one_or_none()
    return None if row is None else _stop_of(row)


def stops_of(tx: Connection, account: str) -> Sequence[Stop]:
    """All stops of an account."""
    return [_stop_of(row) for row in tx.execute(_OF_ACCOUNT, {"of_account": account})]


def all_stops(tx: Connection) -> Sequence[Stop]:
    """All stops of all accounts."""
    return [_stop_of(row) for row in tx.execute(select(stops).order_by(stops.c.account, stops.c.lane))]


def _hurry(tx: Connection, account: str, now: float) -> None:
    waiting = (jobs.c.account == account, jobs.c.owner.is_(None), jobs.c.state == State.RENDERING)
    tx.execute(update(jobs).where(*waiting).values(due_at=now, called_at=None))


def _stop_of(row: Row[tuple[object, ...]]) -> Stop:
    return Stop(**row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it


def _insert(tx: Connection, table: Table) -> PostgresInsert | SqliteInsert:
    """Both databases spell alike what to do where the row is there already."""
    return postgresql.insert(table) if tx.dialect.name == "postgresql" else sqlite.insert(table)
