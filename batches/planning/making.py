"""Manifest -> Plan, in one pass over its rows. Nothing is written or sent, and no row is kept."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from batches.manifest import Manifest, Problem, Seen
from batches.planning.beyond import beyond_budget
from batches.planning.collisions import tell_collisions
from batches.planning.drafts import Drafting
from batches.planning.fingerprints import canonical
from batches.planning.jobs import jobs_of
from batches.planning.material import Material
from batches.planning.names import PLACEHOLDERS, always_different, template_problem
from batches.planning.plan import Plan
from batches.planning.premises import NOTHING_GIVEN, Premises
from batches.planning.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batches.manifest import Place


def make_plan(manifest: Manifest, premises: Premises = NOTHING_GIVEN) -> Plan:
    """What this manifest comes to; raises ManifestError with everything that keeps its jobs from being made."""
    seen, tally = Seen(), Tally()
    material = Material.of(manifest, premises)
    drafting = Drafting(material)
    drafting.problems.add_all(_template_problems(manifest))
    all_jobs = hashlib.sha256(canonical([manifest.name, manifest.output_name.text]).encode())
    filled_in = [name for name in manifest.output_name.names if name not in PLACEHOLDERS]
    twice: Place | None = None
    for draft in drafting.drafts():
        all_jobs.update(draft.sha256)
        if filled_in:
            all_jobs.update(canonical([draft.row.variables[name] for name in filled_in]).encode())
        if seen.is_new_digest(draft.sha256):
            tally.add(draft.request)
        else:
            tally.add_copy(draft.request)
            twice = twice or draft.row.place
    models, asked = tally.lines(), drafting.asked
    again = _again(asked - sum(line.jobs for line in models), twice)
    if not premises.overrides and not always_different(manifest.output_name.text):  # nobody names files of a what-if
        tell_collisions(lambda: jobs_of(material, asked), drafting.problems)
        drafting.problems.refuse()
    return Plan(
        name=manifest.name,
        manifest_sha256=manifest.sha256,
        manifest_text=manifest.text,
        fingerprint=all_jobs.hexdigest(),
        asked=asked,
        models=models,
        policy=manifest.policy,
        reuse=manifest.reuse,
        prices=premises.prices,
        warnings=(*drafting.warnings, *again, *beyond_budget(manifest.policy.budget, models)),
        jobs=lambda: (job for _, job in jobs_of(material, asked)),
    )


def _template_problems(manifest: Manifest) -> Iterator[Problem]:
    if found := template_problem(manifest.output_name.text):
        yield Problem(manifest.place("output", "name"), *found)


def _again(count: int, first: Place | None) -> Iterator[str]:
    if count:
        many = "1 image is" if count == 1 else f"{count:,} images are"
        yield f"{many} asked for again, first at {first}: a copy is free; `repeat` makes several of one prompt"
