"""Drafts -> jobs: each request once, numbered and named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.manifest import Manifest, Seals, Seen
from batches.plan.drafts import Draft, Drafting
from batches.plan.names import output_name, slug
from batches.plan.plan import PlannedJob

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBER_DIGITS = 4  # so that the names of up to 9,999 images sort by number


def jobs_of(manifest: Manifest, seals: Seals, total: int) -> Iterator[tuple[Draft, PlannedJob]]:
    """Every job with its draft. `seals` and `total` are of the pass that found nothing wrong."""
    digits = max(NUMBER_DIGITS, len(str(total)))
    seen = Seen()
    first = (draft for draft in Drafting(manifest, seals).drafts() if seen.is_new_digest(draft.sha256))
    for number, draft in enumerate(first, 1):
        yield draft, _job(manifest, draft, number, digits)


def _job(manifest: Manifest, draft: Draft, number: int, digits: int) -> PlannedJob:
    row, endpoint = draft.row, draft.request.endpoint
    row_id = row.id or slug(row.prompt or "") or f"image-{number}"
    facts = {
        **row.variables,
        "id": row_id,
        "model": endpoint.name,
        "seed": "random" if draft.seed is None else str(draft.seed),
        "number": f"{number:0{digits}}",
        "name": manifest.name,
    }
    prompt = {} if row.prompt is None else {"prompt": row.prompt}
    seed = {} if draft.seed is None else {"seed": draft.seed}
    return PlannedJob(
        number=number,
        row_id=row_id,
        fingerprint=draft.sha256.hex(),
        model=endpoint.name,
        path=endpoint.path,
        lane=str(endpoint.lane),
        params={**prompt, **draft.request.params, **seed},
        prompt=row.prompt,
        seed=draft.seed,
        output_name=output_name(manifest.output_name, facts, draft.request.extension),
        labels=row.labels,
        estimate=draft.request.estimate,
    )
