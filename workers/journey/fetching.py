"""A result that is ready: downloaded, verified, and kept with its sidecar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.store.images import BadImage, ImageStoreAway, ImageStoreError
from batches.store.ledger.charges import cost_of_result, in_vain
from batches.store.sidecar import InVain
from workers.bfl.answers import Downloaded, Unusable
from workers.journey.events import BadPicture, Stored, StoreTrouble, Unwanted
from workers.journey.keeping import UnwantedPicture, keep
from workers.journey.provenance import Delivery, sidecar

if TYPE_CHECKING:
    from batches.store.images import Draft
    from batches.store.ledger.records import ClaimedJob, KeptImage, Reported, Ticket
    from batches.store.sidecar import Sidecar
    from workers.bfl.answers import Ready
    from workers.journey.events import Event
    from workers.journey.hands import Hands


def fetch(job: ClaimedJob, ticket: Ticket, ready: Ready, hands: Hands) -> Event:
    """What comes of the link."""
    try:
        with hands.images.draft() as draft:
            answer = hands.client.download(ready.link, draft)
            match answer:
                case Downloaded():
                    cost = cost_of_result(job.under_way, ready.said)
                    delivery = Delivery(job.under_way, ticket, *cost, ready.result, _in_vain(job, hands))
                    return _kept(job, delivery, draft, ready.said, hands)
                case Unusable(message):
                    return BadPicture(message, ready.said)
                case _:
                    return answer
    except ImageStoreError as error:
        return StoreTrouble(str(error), away=isinstance(error, ImageStoreAway))


def _in_vain(job: ClaimedJob, hands: Hands) -> tuple[InVain, ...]:
    """Most jobs have one attempt, and nobody has to be asked about others."""
    if job.under_way.number == 1:
        return ()
    with hands.ledger.read() as tx:
        return tuple(InVain(**row) for row in in_vain(tx, job))


def _kept(job: ClaimedJob, delivery: Delivery, draft: Draft, said: Reported, hands: Hands) -> Event:
    now = hands.clock()

    def facts(image: KeptImage) -> Sidecar:
        return sidecar(job, delivery, image, now=now)

    try:
        return Stored(keep(job, draft, facts, hands, noted=job.policy.output.embed), said)
    except BadImage as error:
        return BadPicture(f"bad picture: {error}", said)
    except UnwantedPicture as error:
        return Unwanted(f"unwanted picture: {error}", delivery.cost, delivery.source)
