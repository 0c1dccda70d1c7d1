"""What an account's workers have learnt of the pace of each model. All of them teach it, and all of them ask."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from batches.pace import EDGES, Pace
from batches.store.ledger.side_tables import paces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Row


@dataclass(frozen=True, slots=True)
class Lessons:
    """What further jobs of one model have shown, the latest last."""

    took: list[float] = field(default_factory=list)  #: seconds
    promised: list[float] = field(default_factory=list)  #: their seconds as multiples of what polls had promised


# With every heartbeat: written once.

_this = (paces.c.account == bindparam("of_account"), paces.c.model == bindparam("of_model"))
KNOWN = select(paces).where(paces.c.account == bindparam("of_account"))
TO_TEACH = select(paces).where(*_this).with_for_update()
TEACH = update(paces).where(*_this)


def known_paces(tx: Connection, account: str) -> Mapping[str, Pace]:
    """By model."""
    return {row.model: _read(row) for row in tx.execute(KNOWN, {"of_account": account})}


def all_paces(tx: Connection) -> Mapping[tuple[str, str], Pace]:
    """By account and model."""
    return {(row.account, row.model): _read(row) for row in tx.execute(select(paces))}


def teach(tx: Connection, account: str, lessons: Mapping[str, Lessons]) -> None:
    """Add what further jobs of these models have shown. What two workers add at the same time is both kept."""
    for model in sorted(lessons):  # in one order, so that two workers never wait for each other
        this = {"of_account": account, "of_model": model}
        if (kept := tx.execute(TO_TEACH, this).one_or_none()) is None:
            with suppress(IntegrityError), tx.begin_nested():  # another worker may be the first at the same moment
                tx.execute(insert(paces).values(account=account, model=model, weights=[], promises=[]))
            kept = tx.execute(TO_TEACH, this).one()
        pace = _read(kept).after(lessons[model].took, lessons[model].promised)
        tx.execute(TEACH, {**this, "weights": pace.weights, "promises": pace.promises})


def _read(row: Row[tuple[object, ...]]) -> Pace:
    known = [tuple(histogram) for histogram in (row.weights, row.promises)]
    return Pace(*known) if all(len(histogram) == len(EDGES) for histogram in known) else Pace()
