"""The bill's lines: what each model is asked for, and what that comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batches.megapixels import megapixels
from batches.money import cost_json

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLine:
    """What one model is asked for. Low, likely and high differ only while sizes are in doubt, or prices learnt."""

    model: str  #: as the manifest spells it
    lane: str  #: the limit class it counts against
    jobs: int  #: images to make and pay
    copies: int  #: further images that are the same as one of those, and free
    output_pixels: int  #: to be made, as far as sizes are known
    unknown_sizes: int  #: jobs that these leave out
    input_pixels: int  #: to be sent, as far as they are measured
    unmeasured_inputs: int  #: jobs that these leave out
    low: int  #: micro-credits it costs at least, as far as prices are known
    micro_credits: int  #: what it will likely cost, as far as prices are known
    high: int  #: micro-credits it costs at most, as far as prices are known
    unknown_prices: int  #: jobs that the amounts leave out
    learnt_prices: int  #: jobs whose price is what earlier ones were charged
    is_negotiated: bool  #: the account has a price of its own
    stored_pixels: Mapping[str, int]  #: in files of each format, copies and likely sizes included

    def as_json(self) -> dict[str, object]:
        """All of it, for machines."""
        return {
            "lane": self.lane,
            "jobs": self.jobs,
            "copies": self.copies,
            "output_megapixels": megapixels(self.output_pixels),
            "unknown_sizes": self.unknown_sizes,
            "input_megapixels": megapixels(self.input_pixels),
            "unmeasured_inputs": self.unmeasured_inputs,
            **cost_json(self.micro_credits),
            "low": cost_json(self.low),
            "high": cost_json(self.high),
            "unknown_prices": self.unknown_prices,
            "learnt_prices": self.learnt_prices,
            "negotiated": self.is_negotiated,
            "stored_megapixels": {kind: megapixels(pixels) for kind, pixels in self.stored_pixels.items()},
        }
