"""What every pass over the rows of one plan works with; files that change between two passes are noticed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batches.manifest import InputImages, Seals

if TYPE_CHECKING:
    from batches.manifest import Manifest
    from batches.planning.premises import Premises


@dataclass(frozen=True, slots=True)
class Material:
    """One manifest, and what was read for it so far."""

    manifest: Manifest
    premises: Premises  #: what is taken as given beside it
    seals: Seals  #: of its sources
    images: InputImages  #: its input images

    @classmethod
    def of(cls, manifest: Manifest, premises: Premises) -> Material:
        """For the first pass."""
        return cls(manifest, premises, Seals(), InputImages(manifest.path.parent, confined=manifest.is_confined))
