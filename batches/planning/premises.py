"""What planning takes as given beside the manifest."""

from __future__ import annotations

from dataclasses import dataclass

from batches.planning.experience import NO_EXPERIENCE, Experience
from batches.planning.overrides import AS_ASKED, Overrides


@dataclass(frozen=True, slots=True)
class Premises:
    """The same for every row of a plan."""

    experience: Experience = NO_EXPERIENCE  #: of earlier jobs
    overrides: Overrides = AS_ASKED  #: what if


NOTHING_GIVEN = Premises()
