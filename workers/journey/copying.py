"""The short life of a copy: the picture of another job is stored once more, and nothing is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.store.images import BadImage, ImageMissing, ImageStoreError
from batches.store.ledger import moves
from batches.store.ledger.states import State
from workers import log
from workers.journey.keeping import keep, sidecar_of
from workers.journey.provenance import copied_sidecar
from workers.journey.steps import End, PutBack

if TYPE_CHECKING:
    from batches.store.ledger.records import ClaimedJob, KeptImage
    from workers.journey.hands import Hands


def make_copy(job: ClaimedJob, source: str, hands: Hands) -> None:
    """Copy the picture under this key. One that is gone ends the job: nothing is paid that nobody asked for."""
    try:
        image = _copied(job, source, hands)
    except (ImageMissing, BadImage) as error:
        _end(job, f"the picture to copy is gone: {error}", hands)
    except ImageStoreError as error:
        _put_back(job, str(error), hands)
    else:
        with hands.ledger.write() as tx:
            moves.copied(tx, job, image, hands.clock())
        log.copied(job, source)


def _copied(job: ClaimedJob, source: str, hands: Hands) -> KeptImage:
    facts = hands.images.get(sidecar_of(source))
    with hands.images.draft() as draft:
        draft.write(hands.images.get(source))
        return keep(job, draft, lambda _: copied_sidecar(job, source, facts, now=hands.clock()), hands)


def _end(job: ClaimedJob, reason: str, hands: Hands) -> None:
    with hands.ledger.write() as tx:
        moves.end(tx, job, State.FAILED, reason=reason, cost=None, source="rule", now=hands.clock())
    log.let_go(job, End(State.FAILED, reason, None))


def _put_back(job: ClaimedJob, reason: str, hands: Hands) -> None:
    now, rest = hands.clock(), hands.patience.backoff_cap
    with hands.ledger.write() as tx:
        moves.put_back(tx, job, now=now, due_at=now + rest, reason=reason, counts="nothing", cost=None)
    log.let_go(job, PutBack(rest, reason))
