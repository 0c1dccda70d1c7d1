"""What earlier jobs have taught: prices nobody publishes, seconds per image, bytes per pixel."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batches.models import Estimate


@dataclass(frozen=True, slots=True)
class Charged:
    """What finished jobs were charged, in micro-credits."""

    low: int  #: the least
    likely: int  #: the median
    high: int  #: the most


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the latest finished jobs of one model came to."""

    jobs: int  #: how many there were
    seconds: float  #: the median from ticket to picture: what holding the slot takes
    charged: Charged | None  #: None where no amount was told
    bytes_per_pixel: Mapping[str, float]  #: the mean of the files of each format


@dataclass(frozen=True, slots=True)
class Experience:
    """What there is to know from earlier jobs of the account; nothing at first."""

    models: Mapping[str, Learnt] = field(default_factory=dict)  #: by model

    def priced(self, model: str, estimate: Estimate) -> tuple[Estimate, bool]:
        """The estimate, and whether its price is learnt: only one that nobody publishes is."""
        learnt = self.models.get(model)
        if estimate.micro_credits is not None or learnt is None or learnt.charged is None:
            return estimate, False
        charged = learnt.charged
        return replace(estimate, low=charged.low, micro_credits=charged.likely, high=charged.high), True


NO_EXPERIENCE = Experience()
