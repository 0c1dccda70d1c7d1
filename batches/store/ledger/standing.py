"""Questions about how things stand. Nothing here changes anything."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import BigInteger, Text, and_, bindparam, case, cast, func, or_, select, text

from batches.policy import Policy
from batches.store.ledger import spending
from batches.store.ledger.costs import IS_COST
from batches.store.ledger.names import has
from batches.store.ledger.quarters import WRITTEN, What
from batches.store.ledger.records import Batch
from batches.store.ledger.schema import attempts, batches, charges, jobs, quarters
from batches.store.ledger.states import ENDED, NEVER, RESTING, RESTLESS, State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import BindParameter, ColumnElement, Connection, Row, RowMapping

    from batches.store.ledger.spending import Outstanding


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """The bill so far. All amounts in micro-credits."""

    settled: int  #: what BFL said the finished attempts cost
    unknown: int  #: how many settled attempts nobody told us the cost of
    reserved: int  #: set aside for attempts under way
    at_risk: int  #: attempts whose answer was lost: perhaps paid, perhaps not


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one batch stands."""

    batch: Batch
    jobs: Mapping[State, int]  #: how many jobs in each state; only states that occur
    waiting: int  #: of the queued ones, copies that wait for a picture
    output_pixels: int  #: of the stored pictures
    money: Money

    @property
    def total(self) -> int:
        """Jobs in the batch."""
        return sum(self.jobs.values())

    @property
    def in_motion(self) -> int:
        """Jobs that a worker is about to carry on, or BFL is working on."""
        return sum(count for state, count in self.jobs.items() if state in RESTLESS - {State.QUEUED})

    @property
    def is_held(self) -> bool:
        """Whether its policy, or a person, keeps it from going on, and all that had begun has come to its end."""
        return self.batch.paused is not None and not self.rests and not self.in_motion

    @property
    def rests(self) -> bool:
        """Whether nothing more happens by itself.

        Unsure jobs rest once the policy has decided to hold them, and so do copies that wait for one.
        """
        if self.batch.ended_at is None:
            return self.jobs.keys() <= ENDED
        return not self.in_motion and self.jobs.get(State.QUEUED, 0) == self.waiting


class Flagged(NamedTuple):
    """The pictures of a batch in which something looks wrong."""

    pictures: int
    by_flag: Mapping[str, int]  #: how many have each, the most frequent first; one may have several


FLAGGED = text("flags <> ''")
"""Spelt as the index has it, by which SQLite finds them."""

_NEWEST_FIRST = (batches.c.created_at.desc(), batches.c.id)

_among: BindParameter[str] = bindparam("its_batches", expanding=True, type_=Text)
_amounts = quarters.c


def _sum(amount: ColumnElement[int]) -> ColumnElement[int]:
    """NULLs count for nothing, and no rows make 0."""
    return cast(func.coalesce(func.sum(amount), 0), BigInteger)


SUMMED = (
    select(
        _amounts.batch_id,
        _sum(case((_amounts.what == What.PLANNED, _amounts.number))).label("planned"),
        _sum(case((_amounts.what == What.SPARED, _amounts.number))).label("spared"),
        _sum(_amounts.images).label("done"),
        _sum(_amounts.output_pixels).label("output_pixels"),
        _sum(_amounts.settled).label("settled"),
        _sum(case((_amounts.what.not_in(WRITTEN), _amounts.unknown))).label("unknown"),
    )
    .where(_amounts.batch_id.in_(_among))
    .group_by(_amounts.batch_id)
)

COUNTED = (
    select(jobs.c.batch_id, jobs.c.state, func.count().label("jobs"))
    .where(jobs.c.batch_id.in_(_among), jobs.c.state.in_(set(State) - {State.QUEUED, State.DONE}))
    .group_by(jobs.c.batch_id, jobs.c.state)
)

WAITING = select(func.count()).where(
    jobs.c.batch_id == bindparam("of_batch", type_=Text),
    jobs.c.state == State.QUEUED,
    jobs.c.due_at >= NEVER,
    jobs.c.copy_of.is_not(None),
)


def find_batch(tx: Connection, batch_id: str) -> Batch | None:
    """The batch with this id, or None."""
    row = tx.execute(select(batches).where(batches.c.id == batch_id)).mappings().one_or_none()
    return None if row is None else batch_of(row)


def list_batches(tx: Connection) -> Sequence[Batch]:
    """All batches, the newest first."""
    rows = tx.execute(select(batches).order_by(*_NEWEST_FIRST)).mappings()
    return [batch_of(row) for row in rows]


def batch_of(row: RowMapping) -> Batch:
    """A row of `batches` as its record."""
    fields = {name: row[name] for name in Batch.__dataclass_fields__}
    return Batch(**{**fields, "policy": Policy.from_json(row["policy"])})


def newest(tx: Connection, *, name: str = "", behind: Batch | None = None, limit: int) -> Sequence[Batch]:
    """Some batches, or some of those with this name, the newest first: those that come behind this one."""
    query = select(batches).order_by(*_NEWEST_FIRST).limit(limit)
    if name:
        query = query.where(batches.c.name == name)
    if behind is not None:
        begun = batches.c.created_at
        query = query.where(or_(begun < behind.created_at, and_(begun == behind.created_at, batches.c.id > behind.id)))
    return [batch_of(row) for row in tx.execute(query).mappings()]


def going_on(tx: Connection) -> Sequence[Batch]:
    """The batches that have not come to rest, the newest first."""
    rows = tx.execute(select(batches).where(batches.c.ended_at.is_(None)).order_by(*_NEWEST_FIRST)).mappings()
    return [batch_of(row) for row in rows]


def at_rest(tx: Connection, *, limit: int, offset: int = 0) -> Sequence[Batch]:
    """Some of the others."""
    query = select(batches).where(batches.c.ended_at.is_not(None)).order_by(*_NEWEST_FIRST)
    return [batch_of(row) for row in tx.execute(query.limit(limit).offset(offset)).mappings()]


def standing_of(tx: Connection, batch: Batch) -> Standing:
    """Counts, megapixels and money of one batch."""
    return standings_of(tx, [batch])[0]


def standings_of(tx: Connection, many: Sequence[Batch]) -> Sequence[Standing]:
    """The same of many batches. The jobs that wait or are done, which are most, are told by sums and not counted."""
    ids = {"its_batches": [batch.id for batch in many]}
    sums = {row.batch_id: row for row in tx.execute(SUMMED, ids)}
    counted: defaultdict[str, dict[State, int]] = defaultdict(dict)
    for row in tx.execute(COUNTED, ids):
        counted[row.batch_id][State(row.state)] = row.jobs
    left = spending.outstanding_by_batch(tx, ids["its_batches"])
    return [_standing(tx, batch, sums.get(batch.id), counted[batch.id], left.get(batch.id)) for batch in many]


def _standing(
    tx: Connection, batch: Batch, sums: Row[Any] | None, counted: Mapping[State, int], left: Outstanding | None
) -> Standing:
    reserved, at_risk = (left.reserved, left.at_risk) if left else (0, 0)
    if sums is None:  # nothing is written into it yet
        money = Money(settled=0, unknown=0, reserved=reserved, at_risk=at_risk)
        return Standing(batch=batch, jobs={}, waiting=0, output_pixels=0, money=money)
    waiting = (tx.scalar(WAITING, {"of_batch": batch.id}) or 0) if sums.spared else 0
    queued = sums.planned + sums.spared - sums.done - sum(counted.values())
    told = {State.QUEUED: queued, State.DONE: sums.done, **counted}
    return Standing(
        batch=batch,
        jobs={state: told[state] for state in State if told.get(state)},
        waiting=waiting,
        output_pixels=sums.output_pixels,
        money=Money(settled=sums.settled, unknown=sums.unknown, reserved=reserved, at_risk=at_risk),
    )


def list_jobs(
    tx: Connection, batch_id: str, *, states: Sequence[State] = (), flags: Sequence[str] = (), limit: int | None = None
) -> Sequence[RowMapping]:
    """The jobs of a batch in the order of the plan, each with its attempts and what it cost.

    Where states are named, those in one of them; where flags are, those that have one of them.
    """
    settled = (
        select(func.sum(charges.c.micro_credits))
        .join(attempts, attempts.c.id == charges.c.attempt_id)
        .where(attempts.c.job_id == jobs.c.id, IS_COST)
        .scalar_subquery()
    )
    tries = select(func.count()).where(attempts.c.job_id == jobs.c.id).scalar_subquery()
    query = (
        select(jobs, settled.label("settled_micro_credits"), tries.label("attempts"))
        .where(jobs.c.batch_id == batch_id)
        .order_by(jobs.c.number)
        .limit(limit)
    )
    if states:
        query = query.where(jobs.c.state.in_(states))
    if flags:
        query = query.where(FLAGGED, or_(*(has(jobs.c.flags, flag) for flag in flags)))
    return tx.execute(query).mappings().all()


def flagged(tx: Connection, batch_id: str) -> Flagged:
    """How many pictures of a batch have flags, and which. As quick as they are few."""
    query = select(jobs.c.flags, func.count()).where(jobs.c.batch_id == batch_id, FLAGGED).group_by(jobs.c.flags)
    rows = [(flags, count) for flags, count in tx.execute(query)]
    by_flag: Counter[str] = Counter()
    for flags, count in rows:
        by_flag.update(dict.fromkeys(flags, count))
    return Flagged(sum(count for _, count in rows), dict(by_flag.most_common()))


def reasons(tx: Connection, batch_id: str) -> Sequence[tuple[State, str, int]]:
    """Why jobs rest without a picture, the most frequent first."""
    rows = tx.execute(
        select(jobs.c.state, jobs.c.reason, func.count())
        .where(jobs.c.batch_id == batch_id, jobs.c.state.in_(RESTING - {State.DONE}))
        .group_by(jobs.c.state, jobs.c.reason)
        .order_by(func.count().desc(), jobs.c.state, jobs.c.reason)
    )
    return [(State(state), reason, count) for state, reason, count in rows]
