"""A batch that rests by its policy: workers begin none of its jobs, and what BFL works on goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from batches.store.ledger.schema import batches

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from batches.store.ledger.records import PauseReason


GOING_ON: Mapping[str, object] = {
    "paused": None, "paused_message": "", "paused_for": None, "paused_by": None, "paused_at": None,
}  # fmt: skip
"""What the ledger says of a batch that does not rest."""


def pause(
    tx: Connection,
    batch_id: str,
    reason: PauseReason,
    message: str,
    *,
    now: float,
    needs: int | None = None,
    by: str | None = None,
) -> bool:
    """Rest, unless something else keeps it at rest.

    A pause for a budget says how much has to fit under the cap, and which one it is if not the batch's own.
    """
    paused = tx.execute(
        update(batches)
        .where(batches.c.id == batch_id, batches.c.paused.is_(None))
        .values(paused=reason, paused_message=message, paused_for=needs, paused_by=by, paused_at=now)
    )
    return paused.rowcount == 1


def lift(tx: Connection, batch_id: str, reason: PauseReason) -> bool:
    """Go on, if this is what it rested for."""
    lifted = tx.execute(update(batches).where(batches.c.id == batch_id, batches.c.paused == reason).values(**GOING_ON))
    return lifted.rowcount == 1


def approve(tx: Connection, batch_id: str, now: float) -> None:
    """The canary of this batch went well: the rest may follow."""
    tx.execute(update(batches).where(batches.c.id == batch_id).values(approved_at=now))
