"""Which of BFL's limits an endpoint counts against, and whether it can still be used."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class LaneClass(StrEnum):
    """A limit BFL counts apart: every account has one lane of each class."""

    STANDARD = "standard"
    KONTEXT_MAX = "kontext-max"
    VIDEO = "video"


#: How many tickets BFL lets one account hold active at a time, by lane class.
LANE_SLOTS: Mapping[str, int] = MappingProxyType({LaneClass.STANDARD: 24, LaneClass.KONTEXT_MAX: 6, LaneClass.VIDEO: 5})


class Lifecycle(StrEnum):
    """Where an endpoint stands, from the ones to choose to the ones that are gone."""

    CURRENT = "current"  #: in BFL's published specification
    BETA = "beta"  #: only in a guide; its fields may still change
    RETIRED = "retired"  #: withdrawn by BFL; kept so that old manifests are understood
