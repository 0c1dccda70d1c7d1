"""What a manifest comes to before anything is sent: jobs, names and the bill."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from batches.megapixels import megapixels
from batches.money import cost_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from batches.models import Estimate, PriceTable
    from batches.planning.lines import ModelLine
    from batches.planning.names import Naming
    from batches.policy import Policy


class PlannedJob(NamedTuple):
    """One image to make; a million are made, so it is no dataclass."""

    number: int  #: from 1, in the order of the manifest
    row_id: str  #: the row's id, else a slug of its prompt
    fingerprint: str  #: SHA-256 in hex, the same for the same request
    occurrence: (
        int  #: 1 for the job that is made and paid; from 2 on the same was asked for before, and this is its copy
    )
    model: str  #: as the manifest spells it
    path: str  #: of the endpoint, below the host
    lane: str  #: the limit class it counts against
    params: Mapping[str, object]  #: the JSON body to send, with `{"file": …, "sha256": …}` for an input image
    prompt: str | None  #: what to draw; None for a model that needs no words
    seed: int | None  #: None: the server draws one
    output_name: str  #: relative path with extension, once per plan
    naming: Naming  #: its output name if it had another number
    labels: Mapping[str, str]  #: for cost reports
    estimate: Estimate  #: its price and size

    def renumbered(self, number: int) -> PlannedJob:
        """The same job in another place, with the name that goes with it."""
        return self._replace(number=number, output_name=self.naming(number))


@dataclass(frozen=True, slots=True)
class Plan:
    """The jobs of one manifest. They are not held here: `jobs()` makes them anew each time."""

    name: str  #: of the batch
    manifest_sha256: str  #: of the manifest's bytes, in hex
    manifest_text: str = field(repr=False)  #: what it says
    fingerprint: str  #: SHA-256 in hex, the same for the same name, jobs and file names
    asked: int  #: images the manifest asks for, each a job
    models: tuple[ModelLine, ...]  #: the bill, a line for each model in the order of the manifest
    policy: Policy  #: how the batch is carried out
    reuse: bool  #: whether pictures that earlier batches made are taken
    prices: PriceTable  #: what the estimates go by
    warnings: tuple[str, ...]  #: what is allowed but probably not meant, a sentence each
    jobs: Callable[[], Iterator[PlannedJob]] = field(repr=False, compare=False)
    """In the order of the manifest; raises ManifestError where a source is no longer what was planned."""

    @property
    def unique(self) -> int:
        """Jobs to make and pay."""
        return sum(line.jobs for line in self.models)

    @property
    def copies(self) -> int:
        """Jobs that ask for what another one makes, and get a copy of it."""
        return self.asked - self.unique

    @property
    def low(self) -> int:
        """Micro-credits it costs at least."""
        return sum(line.low for line in self.models)

    @property
    def micro_credits(self) -> int:
        """The bill: what it will likely cost, as far as prices are known."""
        return sum(line.micro_credits for line in self.models)

    @property
    def high(self) -> int:
        """Micro-credits it costs at most, as far as prices are known."""
        return sum(line.high for line in self.models)

    @property
    def unknown_prices(self) -> int:
        """Jobs that the bill leaves out."""
        return sum(line.unknown_prices for line in self.models)

    @property
    def learnt_prices(self) -> int:
        """Jobs whose price nobody publishes and earlier ones have told."""
        return sum(line.learnt_prices for line in self.models)

    @property
    def output_pixels(self) -> int:
        """Pixels to come, as far as sizes are known."""
        return sum(line.output_pixels for line in self.models)

    @property
    def input_pixels(self) -> int:
        """Pixels to send, as far as they are measured."""
        return sum(line.input_pixels for line in self.models)

    def as_json(self) -> dict[str, object]:
        """All but the jobs themselves, for machines."""
        return {
            "name": self.name,
            "manifest_sha256": self.manifest_sha256,
            "fingerprint": self.fingerprint,
            "jobs": self.asked,
            "unique_jobs": self.unique,
            "output_megapixels": megapixels(self.output_pixels),
            "input_megapixels": megapixels(self.input_pixels),
            "cost": {**cost_json(self.micro_credits), "low": cost_json(self.low), "high": cost_json(self.high)},
            "unknown_prices": self.unknown_prices,
            "learnt_prices": self.learnt_prices,
            "prices": self.prices.as_json(),
            "models": {line.model: line.as_json() for line in self.models},
            "warnings": list(self.warnings),
        }
