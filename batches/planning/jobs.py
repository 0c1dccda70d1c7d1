"""Drafts -> jobs: numbered and named, and told apart where the same is asked for again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.planning.drafts import Draft, Drafting
from batches.planning.names import Naming, slug
from batches.planning.occurrences import Occurrences
from batches.planning.plan import PlannedJob

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batches.manifest import Manifest
    from batches.planning.material import Material

NUMBER_DIGITS = 4  # so that the names of up to 9,999 images sort by number


def jobs_of(material: Material, asked: int) -> Iterator[tuple[Draft, PlannedJob]]:
    """Every job with its draft. `material` and `asked` are of the pass that found nothing wrong."""
    digits = max(NUMBER_DIGITS, len(str(asked)))
    occurrences = Occurrences()
    for number, draft in enumerate(Drafting(material).drafts(), 1):
        yield draft, _job(material.manifest, draft, number, occurrences.of(draft.sha256), digits)


def _job(manifest: Manifest, draft: Draft, number: int, occurrence: int, digits: int) -> PlannedJob:
    row, endpoint = draft.row, draft.request.endpoint
    row_id = row.id or slug(row.prompt or "") or f"image-{number}"
    facts = {
        **row.variables,
        "id": row_id,
        "model": endpoint.name,
        "seed": "random" if draft.seed is None else str(draft.seed),
        "name": manifest.name,
    }
    naming = Naming(manifest.output_name, facts, draft.request.extension, digits)
    prompt = {} if row.prompt is None else {"prompt": row.prompt}
    seed = {} if draft.seed is None else {"seed": draft.seed}
    return PlannedJob(
        number=number,
        row_id=row_id,
        fingerprint=draft.sha256.hex(),
        occurrence=occurrence,
        model=endpoint.name,
        path=endpoint.path,
        lane=str(endpoint.lane),
        params={**prompt, **draft.request.params, **seed},
        prompt=row.prompt,
        seed=draft.seed,
        output_name=naming(number),
        naming=naming,
        labels=row.labels,
        estimate=draft.request.estimate,
    )
