"""The short life of a copy: the picture of another job is stored once more, and nothing is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.store.images import BadImage, ImageMissing, ImageStoreError, sidecar_of
from batches.store.ledger import moves
from batches.store.ledger.states import State
from batches.store.sidecar import BadSidecar, Sidecar
from workers import log
from workers.journey.keeping import UnwantedPicture, keep
from workers.journey.provenance import copied
from workers.journey.steps import End, PutBack

if TYPE_CHECKING:
    from batches.store.ledger.records import ClaimedJob, KeptImage
    from workers.journey.hands import Hands


def make_copy(job: ClaimedJob, source: str, hands: Hands) -> None:
    """Copy the picture under this key, byte by byte: inside it still says for which job it was made.

    One that is gone ends the job: nothing is paid that nobody asked for.
    """
    try:
        image = _copied(job, source, hands)
    except (ImageMissing, BadImage, BadSidecar) as error:
        _end(job, f"the picture to copy is gone: {error}", hands)
    except UnwantedPicture as error:
        _end(job, f"unwanted picture: {error}", hands)
    except ImageStoreError as error:
        _put_back(job, str(error), hands)
    else:
        with hands.ledger.write() as tx:
            moves.copied(tx, job, image, hands.clock())
        log.copied(job, source)


def _copied(job: ClaimedJob, source: str, hands: Hands) -> KeptImage:
    if not source:
        raise ImageMissing("it is not kept any more")
    facts = Sidecar.read(hands.images.get(sidecar_of(source)))
    now = hands.clock()
    with hands.images.draft() as draft:
        for part in hands.images.stream(source):
            draft.write(part)
        return keep(job, draft, lambda image: copied(job, source, facts, image, now=now), hands, noted=False)


def _end(job: ClaimedJob, reason: str, hands: Hands) -> None:
    with hands.ledger.write() as tx:
        moves.end(tx, job, State.FAILED, reason=reason, cost=None, source="rule", now=hands.clock())
    log.let_go(job, End(State.FAILED, reason, None))


def _put_back(job: ClaimedJob, reason: str, hands: Hands) -> None:
    now, rest = hands.clock(), hands.patience.backoff_cap
    with hands.ledger.write() as tx:
        moves.put_back(tx, job, now=now, due_at=now + rest, reason=reason, counts="nothing", cost=None)
    log.let_go(job, PutBack(rest, reason))
