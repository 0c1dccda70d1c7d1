"""The pictures that the ledger knows: which there are, what looks wrong with them, and which are deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, exists, or_, select, update

from batches.store.ledger.names import has
from batches.store.ledger.schema import jobs
from batches.store.ledger.states import ENDED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from sqlalchemy import ColumnElement, Connection

    from batches.store.ledger.ledger import Ledger

PAGE = 2_000
"""Pictures that are looked at, or marked, together."""

FLAG = update(jobs).where(jobs.c.id == bindparam("its_id"))


class KnownPicture(NamedTuple):
    """One that is kept."""

    job_id: int
    number: int  #: of the job, which pages go by
    key: str
    sha256: str
    bytes: int


def pictures_of(ledger: Ledger, batch_id: str, *conditions: ColumnElement[bool]) -> Iterator[Sequence[KnownPicture]]:
    """Those of a batch in the order of the plan, page by page.

    No transaction lasts longer than a page, so that nobody waits for it.
    """
    last = 0
    while True:
        with ledger.read() as tx:
            page = _page(tx, batch_id, last, conditions)
        if not page:
            return
        yield page
        last = page[-1].number


def with_flags(flags: Sequence[str]) -> ColumnElement[bool]:
    """Only pictures that have one of these flags."""
    return or_(*(has(jobs.c.flags, one) for one in flags))


def unwanted() -> ColumnElement[bool]:
    """Only pictures that no job waits for, to copy them."""
    wanting = jobs.alias("wanting")
    return ~exists().where(wanting.c.copy_of == jobs.c.id, wanting.c.state.not_in(ENDED))


def kept_among(tx: Connection, batch_id: str, keys: Collection[str]) -> AbstractSet[str]:
    """Those of these keys of a batch that a finished job has. They are found by the names of its files."""
    names = {name for key in keys for name in (key.partition("/")[2], key.rpartition("/")[2])}
    query = select(jobs.c.image_key).where(jobs.c.batch_id == batch_id, jobs.c.output_name.in_(names), _is_kept())
    return set(tx.scalars(query))


def looks_of(tx: Connection, batch_id: str) -> Sequence[tuple[int, int]]:
    """The job and the hash of each picture that was made. Copies are left out: they are asked to look alike."""
    query = select(jobs.c.number, jobs.c.image_dhash).where(
        jobs.c.batch_id == batch_id, jobs.c.copy_of.is_(None), _is_kept(), jobs.c.image_dhash.is_not(None)
    )
    return [(row.number, row.image_dhash) for row in tx.execute(query.order_by(jobs.c.number))]


def flag(tx: Connection, batch_id: str, name: str, numbers: Collection[int]) -> None:
    """Have this flag on the jobs of these numbers, and on no other of the batch."""
    wanted = set(numbers)
    for row in tx.execute(_FLAGS_OF.where(jobs.c.batch_id == batch_id, has(jobs.c.flags, name))).all():
        if row.number in wanted:
            wanted.remove(row.number)
        else:
            tx.execute(FLAG, {"its_id": row.id, "flags": tuple(one for one in row.flags if one != name)})
    for number in sorted(wanted):
        row = tx.execute(_FLAGS_OF.where(jobs.c.batch_id == batch_id, jobs.c.number == number)).one()
        tx.execute(FLAG, {"its_id": row.id, "flags": (*row.flags, name)})


def prune(tx: Connection, job_ids: Collection[int], now: float) -> None:
    """These pictures are deleted on purpose: whatever wants them, finds none. What they cost stays."""
    tx.execute(update(jobs).where(jobs.c.id.in_(job_ids)).values(image_key=None, pruned_at=now))


_FLAGS_OF = select(jobs.c.id, jobs.c.number, jobs.c.flags)


def _page(
    tx: Connection, batch_id: str, after: int, conditions: Sequence[ColumnElement[bool]]
) -> Sequence[KnownPicture]:
    query = (
        select(jobs.c.id, jobs.c.number, jobs.c.image_key, jobs.c.image_sha256, jobs.c.image_bytes)
        .where(jobs.c.batch_id == batch_id, jobs.c.number > after, _is_kept(), *conditions)
        .order_by(jobs.c.number)
        .limit(PAGE)
    )
    return [KnownPicture(*row) for row in tx.execute(query)]


def _is_kept() -> ColumnElement[bool]:
    return jobs.c.image_key.is_not(None)
