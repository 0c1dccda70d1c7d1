"""What an account's workers have learnt of the pace of each model. All of them teach it, and all of them ask."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from batches.pace import EDGES, Pace
from batches.store.ledger.schema import paces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection


# With every heartbeat: written once.

_this = (paces.c.account == bindparam("of_account"), paces.c.model == bindparam("of_model"))
KNOWN = select(paces.c.model, paces.c.weights).where(paces.c.account == bindparam("of_account"))
TO_TEACH = select(paces.c.weights).where(*_this).with_for_update()
TEACH = update(paces).where(*_this)


def known_paces(tx: Connection, account: str) -> Mapping[str, Pace]:
    """By model."""
    return {row.model: _read(row.weights) for row in tx.execute(KNOWN, {"of_account": account})}


def teach(tx: Connection, account: str, lessons: Mapping[str, Sequence[float]]) -> None:
    """Add what further jobs of these models took, in seconds. What two workers add at the same time is both kept."""
    for model in sorted(lessons):  # in one order, so that two workers never wait for each other
        this = {"of_account": account, "of_model": model}
        if (kept := tx.scalar(TO_TEACH, this)) is None:
            with suppress(IntegrityError), tx.begin_nested():  # another worker may be the first at the same moment
                tx.execute(insert(paces).values(account=account, model=model, weights=[]))
            kept = tx.scalar(TO_TEACH, this) or []
        tx.execute(TEACH, {**this, "weights": _read(kept).after(lessons[model]).weights})


def _read(weights: Sequence[float]) -> Pace:
    return Pace(tuple(weights)) if len(weights) == len(EDGES) else Pace()
