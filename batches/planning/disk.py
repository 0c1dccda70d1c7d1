"""How much room the pictures of a plan take."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batches.planning.experience import Experience
    from batches.planning.lines import ModelLine

#: Bytes that a pixel of a photograph takes, as photographers find it: JPEG of good quality 2 to 3 bits, lossy WebP
#: about two thirds of that, and PNG, which loses nothing, saves some 45 % of three bytes.
BYTES_PER_PIXEL: Mapping[str, float] = MappingProxyType({"jpeg": 0.3, "png": 1.7, "webp": 0.2})


@dataclass(frozen=True, slots=True)
class Room:
    """Space for the pictures of a plan."""

    bytes: int  #: that all files take, copies included
    learnt: bool  #: from files of ours, every format of every model; False: a rule of thumb helps

    def as_json(self, free: int | None) -> dict[str, object]:
        """All of it, for machines. `free` is what the image store's disk has, None where it has no disk."""
        return {"bytes": self.bytes, "learnt": self.learnt, "free_bytes": free}


def room_of(lines: Iterable[ModelLine], experience: Experience) -> Room:
    """Pixels by bytes per pixel."""
    known = {
        (model, kind): per_pixel
        for model, learnt in experience.models.items()
        for kind, per_pixel in learnt.bytes_per_pixel.items()
    }
    pixels = {(line.model, kind): count for line in lines for kind, count in line.stored_pixels.items()}
    needed = sum(count * known.get(file, BYTES_PER_PIXEL[file[1]]) for file, count in pixels.items())
    return Room(round(needed), learnt=pixels.keys() <= known.keys())
