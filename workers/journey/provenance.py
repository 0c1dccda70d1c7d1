"""Where a picture comes from: what its sidecar says, and the picture itself. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from batches.store.images import Notes
from batches.store.sidecar import Asked, Made, Origin, Sidecar, Stored

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from batches.store.ledger.records import Attempt, ClaimedJob, KeptImage, Reported, Ticket
    from batches.store.sidecar import InVain

SOFTWARE = "fluxbatch"


class Delivery(NamedTuple):
    """What brought a picture."""

    attempt: Attempt
    ticket: Ticket
    cost: Reported  #: as far as anybody told it
    source: Literal["result", "submit answer"]  #: who did
    result: Mapping[str, object]  #: what BFL says beside the link: prompt used, seed, times
    earlier: tuple[InVain, ...]  #: attempts of the same job that brought none


def sidecar(job: ClaimedJob, delivery: Delivery, image: KeptImage, *, now: float) -> Sidecar:
    """All that is known about a picture: enough to make it again, and to write its lines of the bill again."""
    prompt, seed = delivery.result.get("prompt"), delivery.result.get("seed")
    return Sidecar(
        prompt_used=_text(prompt),
        seed_used=seed if isinstance(seed, int) else None,
        batch=_origin(job),
        job=_asked(job, None),
        attempt=_made(delivery),
        earlier=delivery.earlier,
        micro_credits=delivery.cost.micro_credits,
        image=_stored(image),
        stored_at=now,
    )


def copied(job: ClaimedJob, source: str, facts: Sidecar, image: KeptImage, *, now: float) -> Sidecar:
    """The same of a picture that was made for another job: where it comes from stays, but this one cost nothing."""
    asked = _asked(job, source)
    return replace(
        facts, batch=_origin(job), job=asked, earlier=(), micro_credits=0, image=_stored(image), stored_at=now
    )


def notes_of(facts: Sidecar) -> Notes:
    """What the picture itself says."""
    prompt = facts.job.params.get("prompt") or facts.prompt_used or facts.job.id
    return Notes(description=str(prompt), software=SOFTWARE, facts=facts.inside())


def _origin(job: ClaimedJob) -> Origin:
    return Origin(
        id=job.batch_id, name=job.batch_name, fingerprint=job.batch_fingerprint, manifest_sha256=job.manifest_sha256,
        accounts=job.batch_accounts, prices_as_of=job.prices_as_of, prices_sha256=job.prices_sha256,
        created_at=job.batch_created_at,
    )  # fmt: skip


def _asked(job: ClaimedJob, copy_of: str | None) -> Asked:
    return Asked(
        number=job.number, id=job.row_id, fingerprint=job.fingerprint.hex(), occurrence=job.occurrence,
        copy_of=copy_of, account=job.account, lane=job.lane, model=job.model, path=job.path, params=job.params,
        labels=job.labels, output_name=job.output_name, estimate_micro_credits=job.estimate_micro_credits,
        estimate_pixels=job.estimate_pixels, input_pixels=job.input_pixels,
    )  # fmt: skip


def _made(delivery: Delivery) -> Made:
    attempt, ticket, cost = delivery.attempt, delivery.ticket, delivery.cost
    return Made(
        number=attempt.number, ticket=ticket.id, started_at=attempt.started_at, accepted_at=ticket.accepted_at,
        source=delivery.source, input_micro_mp=cost.input_micro_mp, output_micro_mp=cost.output_micro_mp,
    )  # fmt: skip


def _stored(image: KeptImage) -> Stored:
    return Stored(
        format=image.format, width=image.width, height=image.height, bytes=image.bytes, sha256=image.sha256,
        dhash=image.dhash, flags=image.flags,
    )  # fmt: skip


def _text(said: object) -> str | None:
    """What BFL says may have halves of surrogate pairs, which no file takes."""
    return None if said is None else str(said).encode(errors="replace").decode()
