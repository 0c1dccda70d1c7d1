"""Deletes pictures by rule. What they cost stays in the ledger, which remembers that they are gone on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from batches.store.images import sidecar_of
from batches.store.images.checking import PICTURES
from batches.store.ledger import pictures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement

    from batches.store.images import ImageStore, Kept
    from batches.store.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What of a batch at rest is deleted."""

    pictures: bool = False  #: all its pictures
    flags: Sequence[str] = ()  #: those that have one of these flags
    leftovers: bool = False  #: what no finished job has: of attempts that failed after their picture was stored


@dataclass(slots=True)
class Pruned:
    """How much that is, or would be."""

    pictures: int = 0  #: of finished jobs
    leftovers: int = 0  #: of no finished job
    bytes: int = 0  #: of all these pictures


def prune_batch(ledger: Ledger, store: ImageStore, batch_id: str, rule: Rule, *, really: bool, now: float) -> Pruned:
    """Delete what the rule says, or only say how much that would be.

    A picture goes before its row says so: what is cut off in between is finished by the same again.
    """
    left, gone = Pruned(), Pruned()
    if rule.leftovers:
        left = _prune_leftovers(ledger, store, batch_id, really=really)
    if rule.pictures or rule.flags:
        gone = _prune_pictures(ledger, store, batch_id, rule, at=now if really else None)
    return Pruned(gone.pictures, left.leftovers, gone.bytes + left.bytes)


def _prune_pictures(ledger: Ledger, store: ImageStore, batch_id: str, rule: Rule, *, at: float | None) -> Pruned:
    """Delete them at this moment; None: only count them."""
    result = Pruned()
    only: list[ColumnElement[bool]] = [pictures.unwanted()]
    if rule.flags:
        only.append(pictures.with_flags(rule.flags))
    for page in pictures.pictures_of(ledger, batch_id, *only):
        result.pictures += len(page)
        result.bytes += sum(one.bytes for one in page)
        if at is not None:
            for one in page:
                _delete(store, one.key)
            with ledger.write(flush=False) as tx:
                pictures.prune(tx, [one.job_id for one in page], at)
    return result


def _prune_leftovers(ledger: Ledger, store: ImageStore, batch_id: str, *, really: bool) -> Pruned:
    result = Pruned()
    for some in _chunks(one for one in store.listing(batch_id) if one.key.endswith(PICTURES)):
        with ledger.read() as tx:
            kept = pictures.kept_among(tx, batch_id, [one.key for one in some])
        for one in some:
            if one.key not in kept:
                result.leftovers += 1
                result.bytes += one.size
                if really:
                    _delete(store, one.key)
    return result


def _chunks(found: Iterable[Kept]) -> Iterator[Sequence[Kept]]:
    left = iter(found)
    while some := list(islice(left, pictures.PAGE)):
        yield some


def _delete(store: ImageStore, key: str) -> None:
    store.delete(key)
    store.delete(sidecar_of(key))
