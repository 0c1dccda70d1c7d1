"""Adds up what the jobs come to, a line for each model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.planning.plan import ModelLine

if TYPE_CHECKING:
    from batches.planning.requests import Request


class Tally:
    """The bill so far."""

    def __init__(self) -> None:
        self._sums: dict[str, list[int]] = {}

    def add(self, request: Request) -> None:
        """Count one job."""
        estimate = request.estimate
        sums = self._sums.get(request.endpoint.name)
        if sums is None:
            sums = self._sums[request.endpoint.name] = [0, 0, 0, 0]
        sums[0] += 1
        sums[1] += estimate.output_pixels or 0
        if estimate.micro_credits is None:
            sums[3] += 1
        else:
            sums[2] += estimate.micro_credits

    def lines(self) -> tuple[ModelLine, ...]:
        """In the order in which the models came."""
        return tuple(ModelLine(model, *sums) for model, sums in self._sums.items())
