"""Price rules: what a result costs in micro-credits. Pure; the numbers stand in the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from simulator.money import MICRO, micro
from simulator.sizes import MEGAPIXEL, Size, shrunk

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Made:
    """What is paid for."""

    fields: Mapping[str, Any]
    """The body."""
    size: Size
    """Pixels of the result."""
    seconds: float
    """How long it runs; 0 for an image."""
    inputs: tuple[Size, ...]
    """Pixels of the input images."""


class Price(Protocol):
    """A rule of the price list."""

    def of(self, made: Made) -> int:
        """Micro-credits for this result."""
        ...


def whole_megapixels(size: Size) -> int:
    """Rounded up, at least one."""
    return max(1, -(-size.pixels // MEGAPIXEL))


@dataclass(frozen=True, slots=True)
class PerMegapixel:
    """`first + (output megapixels - 1) * further + input megapixels * further`."""

    first: str
    """Credits for the first megapixel of output."""
    further: str
    """Credits for each further one, and for each of input, which is shrunk to four first."""

    def of(self, made: Made) -> int:
        """Micro-credits for this result."""
        more = whole_megapixels(made.size) - 1
        more += sum(whole_megapixels(shrunk(size, 4 * MEGAPIXEL)) for size in made.inputs)
        return micro(self.first) + more * micro(self.further)


@dataclass(frozen=True, slots=True)
class Flat:
    """One price for every result."""

    credits: str
    """Credits per result."""

    def of(self, _made: Made) -> int:
        """Micro-credits for this result."""
        return micro(self.credits)


@dataclass(frozen=True, slots=True)
class ByField:
    """The price follows one field of the body."""

    field: str
    """The field's name."""
    credits: Mapping[str, str]
    """Credits by its value."""

    def of(self, made: Made) -> int:
        """Micro-credits for this result."""
        return micro(self.credits[made.fields[self.field]])


@dataclass(frozen=True, slots=True)
class ByIterations:
    """The price of a finetune, by how long it trains."""

    def of(self, made: Made) -> int:
        """Micro-credits for this result."""
        iterations = made.fields["iterations"]
        return micro(200 if iterations < 150 else 400 if iterations <= 500 else 600)


@dataclass(frozen=True, slots=True)
class PerSecond:
    """Video: dearer on larger screens and after another video, cheap as a draft."""

    screens: Mapping[str, str]
    """Credits per second by resolution."""
    draft: str
    """Credits per second of a draft."""
    continued: Mapping[str, str]
    """The same for the continuation of a video."""
    continued_draft: str

    def of(self, made: Made) -> int:
        """Micro-credits for this result."""
        continues = made.fields["mode"] == "v2v"
        if made.fields.get("draft"):
            rate = self.continued_draft if continues else self.draft
        else:
            rate = (self.continued if continues else self.screens)[made.fields["resolution"]]
        return round(micro(rate) * made.seconds)


@dataclass(frozen=True, slots=True)
class PerMegapixelSecond:
    """Upscaling: by creativity, rounded up to whole credits."""

    credits: tuple[str, str]
    """Credits per megapixel and second: precise, creative."""

    def of(self, made: Made) -> int:
        """Micro-credits for this result."""
        rate = micro(self.credits[made.fields["creativity"]])
        exact = rate * made.seconds * made.size.pixels / MEGAPIXEL
        return -int(-exact // MICRO) * MICRO
