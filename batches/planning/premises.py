"""What planning takes as given beside the manifest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batches.models import LANE_SLOTS, PUBLISHED, PriceTable
from batches.planning.experience import NO_EXPERIENCE, Experience
from batches.planning.overrides import AS_ASKED, Overrides

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _go_on(_images: int) -> None:
    """However many."""


@dataclass(frozen=True, slots=True)
class Premises:
    """The same for every row of a plan."""

    experience: Experience = NO_EXPERIENCE  #: of earlier jobs
    overrides: Overrides = AS_ASKED  #: what if
    prices: PriceTable = PUBLISHED  #: of the account that pays
    slots: Mapping[str, int] = field(default_factory=lambda: LANE_SLOTS)  #: of the account that pays, by lane class
    heed: Callable[[int], None] = _go_on
    """Is told before the images of each row how many they make by then; what it raises ends the planning."""


NOTHING_GIVEN = Premises()
