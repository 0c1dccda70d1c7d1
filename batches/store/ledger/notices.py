"""What a person is told once: that money runs low, that a batch rests or is done, that much fails.

A notice is written with what it tells of, and is sent from here until somebody has taken it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from batches.store.ledger.names import has
from batches.store.ledger.schema import attempts, batches, jobs
from batches.store.ledger.side_tables import notices
from batches.store.ledger.standing import batch_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, RowMapping

    from batches.store.ledger.records import Batch

LATEST_ATTEMPTS = 2_000
"""Of all batches, that are looked through for the latest of one: the ledger may have millions."""


class Event(StrEnum):
    """What there is to tell."""

    THRESHOLD = "threshold"  #: so much of a budget is spent
    FINISH = "finish"  #: a batch came to rest
    PAUSE = "pause"  #: a batch rests for its policy, a budget or a person
    FAILURES = "failures"  #: many of the latest attempts of a batch failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to tell."""

    key: str  #: the same for the same thing, so that it is told once; receivers know it again by it
    event: Event
    batch_id: str | None  #: None: it is of a wide budget
    text: str  #: in a sentence
    figures: Mapping[str, Any]  #: for machines
    at: float  #: when it came about, in seconds since the epoch


class Due(NamedTuple):
    """A notice that somebody waits for."""

    notice: Notice
    due_at: float  #: since when
    tries: int  #: how often it was sent in vain


class Outcomes(NamedTuple):
    """What came of the latest attempts of a batch that BFL took."""

    attempts: int
    failed: int  #: of them


_late = (
    select(attempts.c.id, attempts.c.job_id, attempts.c.outcome)
    .where(attempts.c.outcome.in_(("done", "failed", "moderated")))
    .order_by(attempts.c.id.desc())
    .limit(LATEST_ATTEMPTS)
    .subquery()
)

OUTCOMES = (
    select(_late.c.outcome)
    .join(jobs, jobs.c.id == _late.c.job_id)
    .where(jobs.c.batch_id == bindparam("of_batch"))
    .order_by(_late.c.id.desc())
    .limit(bindparam("latest"))
)
"""Attempts are numbered as they begin, so the latest are at the end and no other is looked at."""


def tell(tx: Connection, notice: Notice, *, due_at: float | None) -> bool:
    """Write it down, to be sent from then on; None: to nobody. False: it is told already."""
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    new = insert(notices).values(**asdict(notice), due_at=due_at).on_conflict_do_nothing()
    return tx.execute(new).rowcount == 1


def due(tx: Connection, now: float) -> Sequence[Due]:
    """What is to be sent now, the oldest first."""
    rows = tx.execute(select(notices).where(notices.c.due_at <= now).order_by(notices.c.at, notices.c.key)).mappings()
    return [Due(_notice(row), row["due_at"], row["tries"]) for row in rows]


def take(tx: Connection, one: Due, again_at: float | None) -> bool:
    """Send it now: nobody else does before then, or ever for None. False: somebody else was quicker."""
    still_due = (notices.c.key == one.notice.key, notices.c.due_at == one.due_at)
    return tx.execute(update(notices).where(*still_due).values(due_at=again_at, tries=one.tries + 1)).rowcount == 1


def was_sent(tx: Connection, key: str, now: float) -> None:
    """Somebody has taken it."""
    tx.execute(update(notices).where(notices.c.key == key).values(sent_at=now, due_at=None))


def latest(tx: Connection, batch_id: str | None = None, *, since: float, limit: int) -> Sequence[Notice]:
    """The newest notices, of all batches or of one and of wide budgets; the oldest of them first."""
    ours = or_(notices.c.batch_id == batch_id, notices.c.batch_id.is_(None)) if batch_id else notices.c.key.is_not(None)
    query = select(notices).where(ours, notices.c.at >= since).order_by(notices.c.at.desc(), notices.c.key).limit(limit)
    return [_notice(row) for row in reversed(tx.execute(query).mappings().all())]


def ended_untold(tx: Connection, account: str, since: float) -> Sequence[Batch]:
    """The batches that came to rest from then on, and of which nobody has been told."""
    told = exists().where(
        notices.c.batch_id == batches.c.id, notices.c.event == Event.FINISH, notices.c.at >= batches.c.ended_at
    )
    query = select(batches).where(has(batches.c.accounts, account), batches.c.ended_at >= since, ~told)
    return [batch_of(row) for row in tx.execute(query.order_by(batches.c.ended_at, batches.c.id)).mappings()]


def outcomes(tx: Connection, batch_id: str, number: int) -> Outcomes:
    """What came of so many attempts of a batch, the latest, or of fewer."""
    found = tx.scalars(OUTCOMES, {"of_batch": batch_id, "latest": number}).all()
    return Outcomes(len(found), found.count("failed"))


def _notice(row: RowMapping) -> Notice:
    fields = {name: row[name] for name in Notice.__dataclass_fields__}
    return Notice(**{**fields, "event": Event(row["event"])})
