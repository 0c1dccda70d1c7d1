"""How long an image takes, until the ledger has learnt it: seconds from the ticket to the result.

Measured where the public could see it, poll and download included, in the middle of what was seen. Sizes were not
recorded. BFL's own words ("under 10 s") are bounds for its larger models, and the measured runs went beyond them.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from batches.models.sources import TIMED, Certainty, Source

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Latency:
    """How long one image typically takes."""

    seconds: float  #: that it holds a slot
    source: Source = TIMED  #: where it was read
    certainty: Certainty = Certainty.OBSERVED  #: how far it can be trusted


#: By the beginning of a model's name: a model that nobody timed takes the time of its family.
LATENCIES: Mapping[str, Latency] = MappingProxyType(
    {
        "flux-2-klein": Latency(3.1, certainty=Certainty.ASSUMED),  # the middle of its two sizes
        "flux-2-klein-4b": Latency(2.5),  # 2.3 to 2.7
        "flux-2-klein-9b": Latency(3.7),  # 2.4 to 4.9
        "flux-2-pro": Latency(12.7),  # 11.6 to 13.8
        "flux-2-flex": Latency(7.8),  # 6.7 to 8.8
        "flux-2-max": Latency(38.5),  # 36 to 41
        "flux-3-image": Latency(12.7, certainty=Certainty.ASSUMED),  # nobody has said; as flux-2-pro
        "flux-kontext-pro": Latency(7.6),  # 6.6 to 8.6
        "flux-kontext-max": Latency(7.6),  # 6.5 to 8.6
        "flux-dev": Latency(4.8),  # 4.6 to 4.9
        "flux-pro": Latency(4.8, certainty=Certainty.ASSUMED),  # as flux-dev, its open sister
        "flux-pro-1.1": Latency(2.4),
        "flux-pro-1.1-ultra": Latency(12.3),  # 10.8 to 13.8
        "flux-pro-1.0": Latency(4.5, certainty=Certainty.ASSUMED),  # as fill
        "flux-pro-1.0-fill": Latency(4.5),  # 4.4 to 4.6
        "flux-pro-1.0-expand": Latency(14.6),  # 6.5 to 22.7
        "flux-tools/outpainting-v1": Latency(33.0),  # 32 to 34 in its default mode; fast takes 2.3 to 4.9
        "flux-tools/erase-v1": Latency(2.3),
        "flux-tools/deblur-v1": Latency(2.3),
        "flux-tools/vto": Latency(5.8),  # 4.4 to 7.1
    }
)


def latency_of(model: str) -> Latency:
    """Of this model, else of the nearest family that its name begins with."""
    return LATENCIES[max((name for name in LATENCIES if model.startswith(name)), key=len)]
