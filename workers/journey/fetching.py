"""A result that is ready: downloaded, verified, and kept with its sidecar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.store.images import BadImage, ImageStoreAway, ImageStoreError
from workers.bfl.answers import Downloaded, Unusable
from workers.journey.events import BadPicture, Stored, StoreTrouble
from workers.journey.keeping import keep
from workers.journey.provenance import sidecar

if TYPE_CHECKING:
    from batches.store.images import Draft, Picture
    from batches.store.ledger.records import ClaimedJob, Ticket
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
                    return _kept(job, ticket, draft, ready, hands)
                case Unusable(message):
                    return BadPicture(message, ready.said)
                case _:
                    return answer
    except ImageStoreError as error:
        return StoreTrouble(str(error), away=isinstance(error, ImageStoreAway))


def _kept(job: ClaimedJob, ticket: Ticket, draft: Draft, ready: Ready, hands: Hands) -> Event:
    def facts(picture: Picture) -> bytes:
        return sidecar(job, ticket, picture, ready.said, ready.result, now=hands.clock())

    try:
        return Stored(keep(job, draft, facts, hands), ready.said)
    except BadImage as error:
        return BadPicture(f"bad picture: {error}", ready.said)
