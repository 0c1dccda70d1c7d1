"""What an endpoint charges: one small rule for each way BFL sets a price.

Amounts are micro-credits. A rule is asked with the parameters (BFL's defaults filled in) and the pixels of
the output and of each input image; where those are in doubt, it is asked with the least, the likely and the most.
It answers None where nobody says what it costs: unknown is unknown, never 0.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import ClassVar

from batches.models.sizes import FLUX2_LARGEST_INPUT, MEGAPIXEL, Inputs, Params
from batches.models.sources import Certainty, Source
from batches.money import credits_of, json_number, plain, show_credits


@dataclass(frozen=True, kw_only=True)
class Price(ABC):
    """How an endpoint charges, and who says so."""

    kind: ClassVar[str]  #: the rule's name in JSON
    source: Source  #: where it was read
    certainty: Certainty = Certainty.PUBLISHED  #: how far it can be trusted

    @abstractmethod
    def micro_credits(self, params: Params, output_pixels: int, input_pixels: Inputs, /) -> int | None:
        """The price of one job in micro-credits, or None."""

    @abstractmethod
    def describe(self) -> str:
        """The rule in words."""

    @property
    def is_negotiated(self) -> bool:
        """Whether it is the account's own."""
        return self.certainty is Certainty.NEGOTIATED

    def rule(self) -> dict[str, object]:
        """The rule and its amounts in credits, whoever says so."""
        return {"kind": self.kind, **self._amounts()}

    def as_json(self) -> dict[str, object]:
        """The rule and where it comes from."""
        return {
            **self.rule(),
            "source": self.source.word,
            "source_title": self.source.title,
            "as_of": self.source.as_of or None,
            "certainty": str(self.certainty),
        }

    @abstractmethod
    def _amounts(self) -> dict[str, object]:
        """The rule's own part of its JSON."""


@dataclass(frozen=True)
class PerImage(Price):
    """The same for every image."""

    kind = "per_image"
    each: int  #: micro-credits

    def micro_credits(self, _params: Params, _output: int, _inputs: Inputs) -> int:
        """Always the same."""
        return self.each

    def describe(self) -> str:
        """As in "4 credits per image"."""
        return f"{show_credits(self.each)} per image"

    def _amounts(self) -> dict[str, object]:
        return {"credits": _number(self.each)}


@dataclass(frozen=True)
class PerMegapixel(Price):
    """By size, in whole megapixels rounded up, at least one; each input image is rounded by itself."""

    kind = "per_megapixel"
    first: int  #: micro-credits for the first megapixel of output
    further: int  #: micro-credits for each further one
    per_input: int  #: micro-credits for each megapixel of input

    def micro_credits(self, _params: Params, output_pixels: int, input_pixels: Inputs) -> int:
        """Dear for the first megapixel, cheap after it."""
        output = megapixels(output_pixels)
        inputs = sum(megapixels(min(pixels, FLUX2_LARGEST_INPUT)) for pixels in input_pixels)
        return self.first + (output - 1) * self.further + inputs * self.per_input

    def describe(self) -> str:
        """As in "3 credits for the first megapixel, 1.5 for each further, 1.5 per input megapixel"."""
        further, per_input = credits_of(self.further), credits_of(self.per_input)
        output = f"{show_credits(self.first)} for the first megapixel, {further} for each further"
        return f"{output}, {per_input} per input megapixel"

    def _amounts(self) -> dict[str, object]:
        return {
            "first_mp": _number(self.first),
            "additional_mp": _number(self.further),
            "input_mp": _number(self.per_input),
        }


@dataclass(frozen=True)
class ByChoice(Price):
    """By the value of one parameter."""

    kind = "by_choice"
    parameter: str  #: the one that decides
    tariff: tuple[tuple[str, int | None], ...]  #: its values and their micro-credits; None where unknown

    def micro_credits(self, params: Params, _output: int, _inputs: Inputs) -> int | None:
        """What the tariff says for the value."""
        return dict(self.tariff).get(str(params.get(self.parameter)))

    def describe(self) -> str:
        """As in "credits per image by mode: high 20, fast 4.5"."""
        amounts = ", ".join(f"{value} {_said(micro)}" for value, micro in self.tariff)
        return f"credits per image by {self.parameter}: {amounts}"

    def _amounts(self) -> dict[str, object]:
        tariff = {value: None if micro is None else _number(micro) for value, micro in self.tariff}
        return {"parameter": self.parameter, "credits": tariff}


@dataclass(frozen=True)
class ByTier(Price):
    """By how much of one parameter is asked for."""

    kind = "by_tier"
    parameter: str  #: the one that is counted
    tiers: tuple[tuple[int, int], ...]  #: the greatest value of each tier and its micro-credits, rising

    def micro_credits(self, params: Params, _output: int, _inputs: Inputs) -> int | None:
        """What the lowest tier that holds the value says."""
        asked = params.get(self.parameter)
        if not isinstance(asked, int):
            return None
        return next((micro for most, micro in self.tiers if asked <= most), None)

    def describe(self) -> str:
        """As in "credits by iterations: 200 up to 149, 400 up to 500, 600 up to 1000"."""
        amounts = ", ".join(f"{_said(micro)} up to {most}" for most, micro in self.tiers)
        return f"credits by {self.parameter}: {amounts}"

    def _amounts(self) -> dict[str, object]:
        tiers = [{"up_to": most, "credits": _number(micro)} for most, micro in self.tiers]
        return {"parameter": self.parameter, "tiers": tiers}


@dataclass(frozen=True)
class Discounted(Price):
    """Another rule, less a part of what it comes to; rounded to the micro-credit."""

    kind = "discounted"
    full: Price  #: the rule that it takes off from
    percent: Decimal  #: what it takes off, above 0 and at most 100

    def micro_credits(self, params: Params, output_pixels: int, input_pixels: Inputs) -> int | None:
        """What is left; a price that is unknown stays so."""
        full = self.full.micro_credits(params, output_pixels, input_pixels)
        if full is None:
            return None
        return int((full * (100 - self.percent) / 100).to_integral_value(ROUND_HALF_EVEN))

    def describe(self) -> str:
        """As in "15% less than 4 credits per image"."""
        return f"{plain(self.percent)}% less than {self.full.describe()}"

    def _amounts(self) -> dict[str, object]:
        return {"percent": json_number(self.percent), "full": self.full.rule()}


@dataclass(frozen=True, kw_only=True)
class Unpriced(Price):
    """Nobody publishes what it costs."""

    kind = "unknown"
    certainty: Certainty = Certainty.UNKNOWN

    def micro_credits(self, _params: Params, _output: int, _inputs: Inputs) -> int | None:
        """Not known."""
        return None

    def describe(self) -> str:
        """Just that."""
        return "unknown"

    def _amounts(self) -> dict[str, object]:
        return {}


def megapixels(pixels: int) -> int:
    """Whole megapixels as they are billed: `1_048_577` pixels are 2, one pixel is 1."""
    return max(1, -(-pixels // MEGAPIXEL))


def _number(micro: int) -> int | float:
    """Credits as a JSON number."""
    return json_number(credits_of(micro))


def _said(micro: int | None) -> str:
    return "unknown" if micro is None else str(credits_of(micro))
