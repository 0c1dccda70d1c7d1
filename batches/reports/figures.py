"""What jobs, attempts and copies came to: figures that can be added up, and what follows from their sums."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from batches.megapixels import PIXELS
from batches.money import MICRO_PER_CREDIT, drift, is_drift, plain
from batches.store.ledger.quarters import What

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batches.store.ledger.quarters import Amounts

MICRO = Decimal(1) / MICRO_PER_CREDIT
"""The finest that an average is told: a micro-credit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Sums of a line of a report. All money in micro-credits."""

    jobs: int = 0  #: jobs written into a batch
    attempts: int = 0  #: submissions that BFL took and that have come to an end
    images: int = 0  #: pictures stored, copies among them
    output_pixels: int = 0  #: of those pictures
    input_pixels: int = 0  #: sent with the attempts, as far as they are measured
    settled: int = 0  #: what the attempts cost, as far as BFL said it
    unknown: int = 0  #: attempts of which nobody said what they cost
    estimated: int = 0  #: what was foreseen for the written jobs that are to be paid, as far as prices are known
    unpriced: int = 0  #: of those jobs, the ones whose price nobody knows
    foreseen: int = 0  #: what was foreseen for the pictures that are compared
    compared: int = 0  #: what the pictures cost of which both cost and estimate are known
    deduped: int = 0  #: what was not paid because a job got the picture of another one of its batch
    reused: int = 0  #: what was not paid because a job got the picture of an earlier batch
    slot_seconds: float = 0  #: from the intent to the end of the attempts

    @classmethod
    def of(cls, what: What, amounts: Amounts) -> Self:
        """A sum of the ledger as figures."""
        match what:
            case What.PLANNED:
                return cls(jobs=amounts.number, estimated=amounts.estimated, unpriced=amounts.unknown)
            case What.SPARED:
                return cls(jobs=amounts.number)
            case What.COPIED:
                return cls(images=amounts.images, output_pixels=amounts.output_pixels, deduped=amounts.saved)
            case What.REUSED:
                return cls(images=amounts.images, output_pixels=amounts.output_pixels, reused=amounts.saved)
        return cls(
            attempts=amounts.number,
            images=amounts.images,
            output_pixels=amounts.output_pixels,
            input_pixels=amounts.input_pixels,
            settled=amounts.settled,
            unknown=amounts.unknown,
            foreseen=amounts.estimated if what is What.DONE else 0,  # a failure that costs nothing shows no wrong price
            compared=amounts.compared if what is What.DONE else 0,
            slot_seconds=amounts.slot_seconds,
        )

    @classmethod
    def total(cls, many: Iterable[Figures]) -> Self:
        """All of them together."""
        sums = dict.fromkeys(NAMES, 0)
        for one in many:
            for name in NAMES:
                sums[name] += getattr(one, name)
        return cls(**sums)

    @property
    def credits_per_image(self) -> Decimal | None:
        """What a picture cost on average, failures included; None without pictures."""
        return _average(self.settled, self.images)

    @property
    def credits_per_megapixel(self) -> Decimal | None:
        """What a megapixel of the pictures cost on average; None without pictures."""
        return _average(self.settled * PIXELS, self.output_pixels)

    @property
    def difference(self) -> int:
        """How much more the pictures cost than was foreseen for the same ones."""
        return self.compared - self.foreseen

    @property
    def drift(self) -> Decimal | None:
        """The difference as a part of what was foreseen; None where nothing was."""
        return drift(self.foreseen, self.compared)

    @property
    def is_drift(self) -> bool:
        """Whether the difference is so large that it has to be told."""
        return is_drift(self.foreseen, self.compared)

    @property
    def is_at_least(self) -> bool:
        """Whether the cost leaves something out, because nobody said what it is."""
        return self.unknown > 0


NAMES = tuple(field.name for field in fields(Figures))


def _average(micro: int, of: int) -> Decimal | None:
    return plain((Decimal(micro) / of / MICRO_PER_CREDIT).quantize(MICRO)) if of else None
