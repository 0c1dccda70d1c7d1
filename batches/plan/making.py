"""Manifest -> Plan. Pure: the same manifest gives the same plan, and nothing is read, written or sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batches.manifest import Manifest, ManifestError, Problem, Row
from batches.plan.fingerprints import fingerprint, job_fingerprint
from batches.plan.names import folded, output_name, slug, template_problem
from batches.plan.plan import Plan, PlannedJob
from batches.plan.requests import Request, Requests
from batches.plan.seeds import Copy, copies

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_IMAGES = 1_000_000  # in one plan, which is held in memory
NUMBER_DIGITS = 4  # so that the names of up to 9,999 images sort by number


@dataclass(frozen=True, slots=True)
class _Draft:
    """A job but for its number and file name."""

    row: Row  #: whose image it is
    request: Request  #: what the row asks for
    seed: int | None  #: None: the server draws one
    params: dict[str, object]  #: the JSON body to send
    fingerprint: str  #: SHA-256 in hex, the same for the same request


def make_plan(manifest: Manifest) -> Plan:
    """The jobs of this manifest; raises ManifestError with everything that keeps them from being made."""
    requests = Requests(manifest)
    asked = [(row, request) for row in manifest.rows if (request := requests.of(row))]
    _refuse([*requests.problems, *_template_problems(manifest), *_excess(manifest)])
    drafts = list(_drafts(manifest, asked))
    unique: dict[str, _Draft] = {}
    for draft in drafts:
        unique.setdefault(draft.fingerprint, draft)
    jobs = _jobs(manifest, list(unique.values()))
    twice = [draft.row for draft in drafts if unique[draft.fingerprint] is not draft]
    return Plan(
        name=manifest.name,
        manifest_sha256=manifest.sha256,
        fingerprint=fingerprint([manifest.name, [[job.fingerprint, job.output_name] for job in jobs]]),
        asked=len(drafts),
        jobs=jobs,
        warnings=(*requests.warnings, *_duplicates(twice)),
    )


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise ManifestError(problems)


def _template_problems(manifest: Manifest) -> Iterator[Problem]:
    if found := template_problem(manifest.output_name):
        yield Problem(manifest.place("output", "name"), *found)


def _excess(manifest: Manifest) -> Iterator[Problem]:
    images = sum(row.repeat * max(1, len(row.seeds)) for row in manifest.rows)
    if images > MOST_IMAGES:
        message = f"this asks for {images:,} images; a batch has at most {MOST_IMAGES:,}"
        yield Problem(manifest.place("prompts"), message, "make several batches of it")


def _drafts(manifest: Manifest, asked: list[tuple[Row, Request]]) -> Iterator[_Draft]:
    for row, request in asked:
        seedable = request.endpoint.takes("seed")
        for copy in copies(row, request.params, manifest.name, seedable=seedable):
            yield _draft(row, request, copy)


def _draft(row: Row, request: Request, copy: Copy) -> _Draft:
    prompt = {} if row.prompt is None else {"prompt": row.prompt}
    seed = {} if copy.seed is None else {"seed": copy.seed}
    params = {**prompt, **request.params, **seed}
    key = job_fingerprint(request.endpoint.name, params, row_id=row.id, copy=copy.number)
    return _Draft(row, request, copy.seed, params, key)


def _jobs(manifest: Manifest, drafts: list[_Draft]) -> tuple[PlannedJob, ...]:
    digits = max(NUMBER_DIGITS, len(str(len(drafts))))
    jobs = tuple(_job(manifest, draft, number, digits) for number, draft in enumerate(drafts, 1))
    _refuse(list(_collisions(drafts, jobs)))
    return jobs


def _job(manifest: Manifest, draft: _Draft, number: int, digits: int) -> PlannedJob:
    row, endpoint = draft.row, draft.request.endpoint
    row_id = row.id or slug(row.prompt or "") or f"image-{number}"
    facts = {
        "id": row_id,
        "model": endpoint.name,
        "seed": "random" if draft.seed is None else str(draft.seed),
        "number": f"{number:0{digits}}",
        "name": manifest.name,
    }
    return PlannedJob(
        number=number,
        row_id=row_id,
        fingerprint=draft.fingerprint,
        model=endpoint.name,
        path=endpoint.path,
        lane=str(endpoint.lane),
        params=draft.params,
        prompt=row.prompt,
        seed=draft.seed,
        output_name=output_name(manifest.output_name, facts, draft.request.extension),
        labels=row.labels,
        estimate=draft.request.estimate,
    )


def _collisions(drafts: list[_Draft], jobs: tuple[PlannedJob, ...]) -> Iterator[Problem]:
    """Two images of one name: the second would overwrite the first."""
    taken: dict[str, _Draft] = {}
    for draft, job in zip(drafts, jobs, strict=True):
        first = taken.setdefault(folded(job.output_name), draft)
        if first is not draft:
            other = "another image of this prompt" if first.row is draft.row else f"the prompt at {first.row.place}"
            message = f"{job.output_name} is also the file of {other}"
            yield Problem(draft.row.place, message, "begin `output.name` with {number}")


def _duplicates(twice: list[Row]) -> Iterator[str]:
    if twice:
        many = "1 image is" if len(twice) == 1 else f"{len(twice)} images are"
        yield (
            f"{many} asked for again and made only once, first at {twice[0].place}; "
            "`repeat` makes several of one prompt"
        )
