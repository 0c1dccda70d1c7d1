"""Conditions that many statements share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_

from batches.store.ledger.schema import jobs

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement

    from batches.store.ledger.states import State


def in_state(states: Collection[State]) -> ColumnElement[bool]:
    """Jobs in one of these states. The list of an IN would be written anew whenever its statement is run."""
    return or_(*(jobs.c.state == state for state in sorted(states)))
