"""What the rows ask of the models: each distinct combination of model and parameters is judged once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batches.manifest import Manifest, Problem, Problems, Row, layers
from batches.models import Endpoint, Estimate, Lifecycle
from batches.planning.checks import Finding, endpoint_of, findings, with_format
from batches.planning.fingerprints import JobFingerprints, canonical
from batches.planning.inputs import digests, pixels, read_inputs, references

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batches.planning.material import Material


MOST_KINDS = 10_000
"""Kinds of request that are remembered; where nearly every row has parameters of its own they are judged anew."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Request:
    """What rows of the same model and parameters send, prompt and planned seed apart."""

    endpoint: Endpoint  #: where to, and at which price
    params: Mapping[str, object]  #: defaults, the row's own and the output format; input images as references
    estimate: Estimate  #: for each image; neither prompt nor seed moves it
    price_is_learnt: bool  #: nobody publishes it; it is what earlier jobs were charged
    left_out: tuple[str, ...]  #: parameters that a what-if's model does not take
    extension: str  #: of the file that will come
    fingerprints: JobFingerprints  #: of the jobs that send it


class Requests:
    """Turns rows into requests. What is wrong with one is told to `problems`, what is odd to `warnings`."""

    def __init__(self, material: Material, problems: Problems) -> None:
        self._material = material
        self._problems = problems
        self._judged: dict[object, Request | list[Finding]] = {}
        self._odd: dict[str, None] = {}  # each once, in order
        self._left_out: defaultdict[str, dict[str, None]] = defaultdict(dict)  # by model, likewise

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is allowed but probably not meant, a sentence each."""
        left_out = (f"{model} goes without {', '.join(names)}" for model, names in self._left_out.items())
        return (*self._odd, *left_out)

    def of(self, row: Row) -> Request | None:
        """The request of this row; None where the problems say why there is none."""
        own = canonical(row.params) if row.params else ""
        kind = (row.item, row.variant, row.model, row.prompt is None, not row.seeds, own, *row.texts.items())
        judged = self._judged.get(kind)
        if judged is None:
            judged = self._learn(kind, row)
        if isinstance(judged, Request):
            return judged
        for found in judged:
            self._problems.add(Problem(self._material.manifest.place_for(row, *found.steps), found.message, found.hint))
        return None

    def _learn(self, kind: object, row: Row) -> Request | list[Finding]:
        if len(self._judged) >= MOST_KINDS:
            self._judged.clear()
        self._judged[kind] = judged = _judge(row, self._material)
        if isinstance(judged, Request):
            self._odd.update(dict.fromkeys(_oddities(judged, self._material.manifest)))
            if judged.left_out:
                self._left_out[judged.endpoint.name].update(dict.fromkeys(judged.left_out))
        return judged


def _judge(row: Row, material: Material) -> Request | list[Finding]:
    overrides = material.premises.overrides
    row = overrides.row(row)
    endpoint = endpoint_of(row)
    if isinstance(endpoint, Finding):
        return [endpoint]
    endpoint = material.premises.prices.applied(endpoint)
    said = {**layers(row.item, row.variant).plain, **row.params, **endpoint.read(row.texts)}
    asked, left_out = overrides.laid_over(said, endpoint)
    wanted_format = None if "output_format" in overrides.params else material.manifest.output_format
    inputs = read_inputs(endpoint, asked, material.images)
    if found := [*findings(row, endpoint, asked, wanted_format), *inputs.findings]:
        return found
    params = with_format(endpoint, inputs.params, wanted_format)
    estimate = endpoint.estimate(params, input_pixels=pixels(endpoint, params))
    estimate, learnt = material.premises.experience.priced(endpoint.name, estimate)
    return Request(
        endpoint=endpoint,
        params=references(params),
        estimate=estimate,
        price_is_learnt=learnt,
        left_out=left_out,
        extension=_extension(endpoint, params),
        fingerprints=JobFingerprints(endpoint.name, digests(params)),
    )


def _extension(endpoint: Endpoint, params: Mapping[str, object]) -> str:
    """Of the format asked for, else of the model's own; an endpoint without a choice sends jpeg."""
    return str(params.get("output_format") or endpoint.defaults.get("output_format") or "jpeg")


def _oddities(request: Request, manifest: Manifest) -> Iterator[str]:
    model = request.endpoint.name
    if request.endpoint.lifecycle is Lifecycle.RETIRED:
        yield f"{model} is retired: BFL may refuse it"
    if manifest.output_format and not request.endpoint.takes("output_format"):
        yield f"{model} chooses its own file format: `output.format` does not reach it"
    for field in request.endpoint.parameters:
        if not field.urls and isinstance(request.params.get(field.name), str):
            yield f"{model} may refuse a URL as `{field.name}`: name a file"
