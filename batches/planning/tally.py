"""Adds up what the jobs come to, a line for each model."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batches.models import LIKELY_PIXELS
from batches.planning.lines import ModelLine

if TYPE_CHECKING:
    from batches.models import Endpoint
    from batches.planning.requests import Request


class Tally:
    """The bill so far. Rows that follow each other mostly ask for the same, so equals are counted and added at once."""

    def __init__(self) -> None:
        self._sums: dict[str, _Sums] = {}
        self._request: Request | None = None
        self._jobs = self._copies = 0  # of that request, not yet added

    def add(self, request: Request) -> None:
        """Count one job."""
        if request is not self._request:
            self._turn_to(request)
        self._jobs += 1

    def add_copy(self, request: Request) -> None:
        """Count one image that another job makes."""
        if request is not self._request:
            self._turn_to(request)
        self._copies += 1

    def lines(self) -> tuple[ModelLine, ...]:
        """In the order in which the models came."""
        self._turn_to(None)
        return tuple(sums.line() for sums in self._sums.values())

    def _turn_to(self, request: Request | None) -> None:
        """Add what was counted, and count anew."""
        if last := self._request:
            sums = self._sums.get(last.endpoint.name)
            if sums is None:
                sums = self._sums[last.endpoint.name] = _Sums(last.endpoint)
            sums.add(last, self._jobs, self._copies)
        self._request, self._jobs, self._copies = request, 0, 0


@dataclass(slots=True)
class _Sums:
    """A line in the making; its numbers mean what those of ModelLine mean."""

    endpoint: Endpoint
    jobs: int = 0
    copies: int = 0
    output_pixels: int = 0
    unknown_sizes: int = 0
    input_pixels: int = 0
    unmeasured_inputs: int = 0
    low: int = 0
    micro_credits: int = 0
    high: int = 0
    unknown_prices: int = 0
    learnt_prices: int = 0
    stored_pixels: Counter[str] = field(default_factory=Counter)

    def add(self, request: Request, jobs: int, copies: int) -> None:
        estimate = request.estimate
        self.jobs += jobs
        self.copies += copies
        self.output_pixels += jobs * (estimate.output_pixels or 0)
        self.unknown_sizes += jobs * (estimate.output_pixels is None)
        self.input_pixels += jobs * (estimate.input_pixels or 0)
        self.unmeasured_inputs += jobs * (estimate.input_pixels is None)
        self.low += jobs * (estimate.low or 0)
        self.micro_credits += jobs * (estimate.micro_credits or 0)
        self.high += jobs * (estimate.high or 0)
        self.unknown_prices += jobs * (estimate.micro_credits is None)
        self.learnt_prices += jobs * request.price_is_learnt
        pixels = LIKELY_PIXELS if estimate.output_pixels is None else estimate.output_pixels
        self.stored_pixels[request.extension] += (jobs + copies) * pixels

    def line(self) -> ModelLine:
        return ModelLine(
            model=self.endpoint.name,
            lane=str(self.endpoint.lane),
            jobs=self.jobs,
            copies=self.copies,
            output_pixels=self.output_pixels,
            unknown_sizes=self.unknown_sizes,
            input_pixels=self.input_pixels,
            unmeasured_inputs=self.unmeasured_inputs,
            low=self.low,
            micro_credits=self.micro_credits,
            high=self.high,
            unknown_prices=self.unknown_prices,
            learnt_prices=self.learnt_prices,
            is_negotiated=self.endpoint.price.is_negotiated,
            stored_pixels=dict(self.stored_pixels),
        )
