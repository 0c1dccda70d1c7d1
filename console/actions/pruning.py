"""Chooses the batches that a pruning is about, and prunes them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from batches.errors import SettingError
from batches.store.ledger import standing
from batches.store.pruning import prune_batch
from console.actions.submitting import find

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batches.store.images import ImageStore
    from batches.store.ledger import Ledger
    from batches.store.ledger.records import Batch
    from batches.store.pruning import Pruned, Rule


def chosen(ledger: Ledger, names: Sequence[str], before: float | None) -> Sequence[Batch]:
    """These batches, or all, that came to rest before this moment. One that is named and goes on is a SettingError."""
    named = {one.id: one for one in (find(ledger, name) for name in names)}
    with ledger.read() as tx:
        batches = list(named.values()) or standing.list_batches(tx)
        resting = [one for one in batches if standing.standing_of(tx, one).rests]
    for one in named.values():
        if one not in resting:
            raise SettingError(
                f"{one.id} goes on, so nothing of it is deleted.",
                cure=f"Wait until it rests, or `fluxbatch cancel {one.id}`.",
            )
    return [one for one in resting if before is None or (one.ended_at or one.created_at) < before]


def prune(
    ledger: Ledger, store: ImageStore, batches: Sequence[Batch], rule: Rule, *, really: bool
) -> Mapping[str, Pruned]:
    """How much was deleted of each, or would be."""
    now = time.time()
    return {one.id: prune_batch(ledger, store, one.id, rule, really=really, now=now) for one in batches}
