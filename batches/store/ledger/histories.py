"""One job with everything that happened to it; and jobs a page at a time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Text, cast, func, or_, select

from batches.store.ledger.costs import IS_COST
from batches.store.ledger.schema import attempts, charges, jobs, quarters
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, RowMapping

MANY = frozenset({State.QUEUED, State.DONE})
"""States that most jobs are in: those are found in the order of the plan, all others by their state."""

LATEST = 2_000
"""Attempts that are looked through for the newest."""

MOST_OF_A_ROW = 200
"""Jobs to each side that are looked at for those of one row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    """A line of money."""

    kind: str  #: reserved, released, reported, settled, corrected
    micro_credits: int | None  #: None: nobody said how much
    input_micro_mp: int | None  #: megapixels sent as BFL counts them, in millionths
    output_micro_mp: int | None  #: the same of the picture
    source: str  #: who said it
    at: float  #: seconds since the epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One attempt, from its intent to its end."""

    number: int  #: 1 for the first
    account: str  #: who pays
    started_at: float  #: when the intent was written
    ticket_id: str | None  #: None: BFL's answer never came, or was no
    accepted_at: float | None  #: when BFL took it
    ended_at: float | None  #: None: it is under way
    outcome: str | None  #: done, refused, failed, moderated, lost
    message: str  #: what was said
    charges: Sequence[Charged]  #: in the order in which they were written


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A job as it stands, and how it came to that."""

    job: RowMapping  #: its row in the ledger
    attempts: Sequence[Tried]  #: the first one first
    picture_of: tuple[str, int] | None  #: batch and number of the job whose picture it gets a copy of


class Picture(NamedTuple):
    """Where a picture is."""

    key: str  #: in the image store
    sha256: str  #: of its bytes
    format: str  #: jpeg, png or webp


@dataclass(frozen=True, slots=True, kw_only=True)
class RowOfJobs:
    """All that was made of one row."""

    jobs: Sequence[RowMapping]  #: in the order of the plan
    before: int | None  #: a job of the row before it
    behind: int | None  #: of the next one


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which jobs of a batch a person wants to see."""

    states: frozenset[State] = frozenset()  #: none: in any state
    model: str = ""  #: none: of any model
    label: str = ""  #: `key=value`, or a value of any label
    text: str = ""  #: in the prompt, the row's id, the file's name or the reason; in capitals or not

    def conditions(self) -> Sequence[ColumnElement[bool]]:
        """On a job."""
        found: list[ColumnElement[bool]] = []
        if self.states & MANY:
            found.append(func.coalesce(jobs.c.state, "").in_(self.states))  # not by the index: they come in order
        elif self.states:
            found.append(jobs.c.state.in_(self.states))
        if self.model:
            found.append(jobs.c.model == self.model)
        if self.label:
            key, sign, value = self.label.partition("=")
            found.append(
                jobs.c.labels[key].as_string() == value
                if sign
                else cast(jobs.c.labels, Text).icontains(self.label, autoescape=True)
            )
        if self.text:
            places = (jobs.c.row_id, jobs.c.output_name, jobs.c.reason, jobs.c.params["prompt"].as_string())
            found.append(or_(*(place.icontains(self.text, autoescape=True) for place in places)))
        return found


def find_jobs(tx: Connection, batch_id: str, wanted: Wanted, *, after: int = 0, limit: int) -> Sequence[RowMapping]:
    """Jobs of a batch in the order of the plan, behind this number, with what their attempts cost."""
    tried = select(func.count()).where(attempts.c.job_id == jobs.c.id).scalar_subquery()
    settled = (
        select(func.sum(charges.c.micro_credits))
        .join(attempts, attempts.c.id == charges.c.attempt_id)
        .where(attempts.c.job_id == jobs.c.id, IS_COST)
        .scalar_subquery()
    )
    query = (
        select(jobs, tried.label("attempts"), settled.label("settled_micro_credits"))
        .where(jobs.c.batch_id == batch_id, jobs.c.number > after, *wanted.conditions())
        .order_by(jobs.c.number)
        .limit(limit)
    )
    return tx.execute(query).mappings().all()


def newest_jobs(tx: Connection, batch_id: str, wanted: Wanted, *, limit: int) -> Sequence[RowMapping]:
    """Those of them whose attempts ended last, the newest first; only the latest attempts of all batches are seen."""
    latest = (
        select(attempts.c.job_id, attempts.c.ended_at)
        .where(attempts.c.ended_at.is_not(None))
        .order_by(attempts.c.ended_at.desc())
        .limit(LATEST)
        .subquery()
    )
    query = (
        select(jobs)
        .join(latest, latest.c.job_id == jobs.c.id)
        .where(jobs.c.batch_id == batch_id, *wanted.conditions())
        .order_by(latest.c.ended_at.desc())
        .limit(limit)
    )
    return list({row["number"]: row for row in tx.execute(query).mappings()}.values())


def row_around(tx: Connection, batch_id: str, number: int) -> RowOfJobs:
    """What the plan asks for of the row that this job is of: its jobs follow each other."""
    span = jobs.c.number.between(number - MOST_OF_A_ROW, number + MOST_OF_A_ROW)
    query = select(jobs).where(jobs.c.batch_id == batch_id, span).order_by(jobs.c.number)
    near = tx.execute(query).mappings().all()
    runs = [list(run) for _, run in groupby(near, key=lambda job: job["row_id"])]
    place = next((at for at, run in enumerate(runs) if any(job["number"] == number for job in run)), None)
    if place is None:
        return RowOfJobs(jobs=(), before=None, behind=None)
    return RowOfJobs(
        jobs=runs[place],
        before=runs[place - 1][-1]["number"] if place else None,
        behind=runs[place + 1][0]["number"] if place + 1 < len(runs) else None,
    )


def models_of(tx: Connection, batch_id: str) -> Sequence[str]:
    """The models of a batch, by the alphabet."""
    its = select(quarters.c.model).where(quarters.c.batch_id == batch_id).distinct().order_by(quarters.c.model)
    return tx.scalars(its).all()


def history_of(tx: Connection, batch_id: str, number: int) -> History | None:
    """The job at this place of a batch; None: there is none."""
    row = tx.execute(select(jobs).where(jobs.c.batch_id == batch_id, jobs.c.number == number)).mappings().one_or_none()
    if row is None:
        return None
    rows = tx.execute(select(attempts).where(attempts.c.job_id == row["id"]).order_by(attempts.c.number)).mappings()
    booked = _charges(tx, row["id"])
    return History(
        job=row,
        attempts=[
            Tried(
                **{name: one[name] for name in Tried.__dataclass_fields__ if name != "charges"},
                charges=booked.get(one["id"], ()),
            )
            for one in rows
        ],
        picture_of=_source(tx, row["copy_of"]),
    )


def _charges(tx: Connection, job_id: int) -> Mapping[int, Sequence[Charged]]:
    found: defaultdict[int, list[Charged]] = defaultdict(list)
    theirs = charges.c.attempt_id.in_(select(attempts.c.id).where(attempts.c.job_id == job_id))
    for row in tx.execute(select(charges).where(theirs).order_by(charges.c.id)).mappings():
        found[row["attempt_id"]].append(Charged(**{name: row[name] for name in Charged.__dataclass_fields__}))
    return found


def _source(tx: Connection, job_id: int | None) -> tuple[str, int] | None:
    if job_id is None:
        return None
    row = tx.execute(select(jobs.c.batch_id, jobs.c.number).where(jobs.c.id == job_id)).one()
    return row.batch_id, row.number


def picture_of(tx: Connection, batch_id: str, number: int) -> Picture | None:
    """The picture of the job at this place of a batch; None: it has none, or has it no more."""
    columns = (jobs.c.image_key, jobs.c.image_sha256, jobs.c.image_format)
    kept = (jobs.c.image_key.is_not(None), jobs.c.pruned_at.is_(None))
    its = (jobs.c.batch_id == batch_id, jobs.c.number == number, *kept)
    row = tx.execute(select(*columns).where(*its)).one_or_none()
    return None if row is None else Picture(*row)
