"""A picture goes into the image store: verified, with where it comes from inside it and beside it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from batches.models import UnknownModel, find
from batches.policy import Check
from batches.store.images import embed, findings, key_of, sidecar_of, verify
from batches.store.ledger.records import KeptImage
from workers.journey.provenance import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batches.store.images import Draft, Notes, Picture
    from batches.store.ledger.records import ClaimedJob
    from batches.store.sidecar import Sidecar
    from workers.journey.hands import Hands


class UnwantedPicture(ValueError):
    """It decodes, and by the rules of its batch the job has failed with it."""


def keep(
    job: ClaimedJob, draft: Draft, facts: Callable[[KeptImage], Sidecar], hands: Hands, *, noted: bool
) -> KeptImage:
    """Store it under the job's name; raises BadImage, UnwantedPicture or ImageStoreError.

    `noted`: where it comes from is written into it too, if that can be.
    """
    with hands.decoding:
        picture = verify(draft, job.output_name.rpartition(".")[2])
    image = _image_of(job, picture)
    with _with_notes(draft, picture, notes_of(facts(image)) if noted else None, hands) as whole:
        image = replace(image, sha256=whole.sha256, bytes=whole.size)
        hands.images.keep(image.key, whole)
    hands.images.put(sidecar_of(image.key), facts(image).as_bytes())
    return image


def _image_of(job: ClaimedJob, picture: Picture) -> KeptImage:
    found = list(findings(picture, _asked_size(job), job.policy.output))
    if failing := [one.complaint for one in found if one.check is Check.FAIL]:
        raise UnwantedPicture(", ".join(failing))
    return KeptImage(
        key=key_of(job.batch_id, job.number, job.output_name), sha256=picture.sha256, format=picture.format,
        width=picture.width, height=picture.height, bytes=picture.bytes, dhash=picture.dhash,
        flags=tuple(sorted(one.flag.value for one in found if one.check is Check.FLAG)),
    )  # fmt: skip


def _asked_size(job: ClaimedJob) -> tuple[int, int] | None:
    """None where nobody can tell: a model may be gone from the catalogue while its jobs are under way."""
    try:
        return find(job.model).asked_size(job.params)
    except UnknownModel:
        return None


@contextmanager
def _with_notes(draft: Draft, picture: Picture, notes: Notes | None, hands: Hands) -> Iterator[Draft]:
    """The picture with these notes, or as it is."""
    if notes is None:
        yield draft
        return
    with hands.images.draft() as written:
        yield written if embed(draft, picture, notes, into=written) else draft
