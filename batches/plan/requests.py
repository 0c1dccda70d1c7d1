"""What the rows ask of the models: each distinct combination of model and parameters is judged once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batches.manifest import Manifest, Problem, Row
from batches.models import Endpoint, Estimate, Lifecycle
from batches.plan.checks import Finding, endpoint_of, findings, with_format
from batches.plan.fingerprints import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Request:
    """What rows of the same model and parameters send, prompt and planned seed apart."""

    endpoint: Endpoint  #: where to
    params: Mapping[str, object]  #: defaults, the row's own and the output format
    estimate: Estimate  #: for each image; neither prompt nor seed moves it
    extension: str  #: of the file that will come


class Requests:
    """Turns rows into requests, and gathers what is wrong and what is odd."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._judged: dict[object, Request | list[Finding]] = {}
        self.problems: set[Problem] = set()
        self.warnings: dict[str, None] = {}  # each once, in order

    def of(self, row: Row) -> Request | None:
        """The request of this row; None where `problems` says why there is none."""
        kind = (row.model, canonical(row.params), row.prompt is None, not row.seeds)
        if kind not in self._judged:
            self._judged[kind] = judged = _judge(row, self._manifest)
            if isinstance(judged, Request):
                self.warnings.update(dict.fromkeys(_oddities(judged, self._manifest)))
        judged = self._judged[kind]
        if isinstance(judged, Request):
            return judged
        self.problems.update(
            Problem(self._manifest.place_for(row, *found.steps), found.message, found.hint) for found in judged
        )
        return None


def _judge(row: Row, manifest: Manifest) -> Request | list[Finding]:
    endpoint = endpoint_of(row)
    if isinstance(endpoint, Finding):
        return [endpoint]
    asked = {**manifest.params, **row.params}
    if found := list(findings(row, endpoint, asked, manifest.output_format)):
        return found
    params = with_format(endpoint, asked, manifest.output_format)
    return Request(endpoint, params, endpoint.estimate(params), _extension(endpoint, params))


def _extension(endpoint: Endpoint, params: Mapping[str, object]) -> str:
    """Of the format asked for, else of the model's own; an endpoint without a choice sends jpeg."""
    return str(params.get("output_format") or endpoint.defaults.get("output_format") or "jpeg")


def _oddities(request: Request, manifest: Manifest) -> Iterator[str]:
    model = request.endpoint.name
    if request.endpoint.lifecycle is Lifecycle.RETIRED:
        yield f"{model} is retired: BFL may refuse it"
    if manifest.output_format and not request.endpoint.takes("output_format"):
        yield f"{model} chooses its own file format: `output.format` does not reach it"
