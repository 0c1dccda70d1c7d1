"""What looks wrong with a picture that decodes, and what its batch says to that. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from batches.models.sizes import is_as_asked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batches.policy import Check, Output
    from batches.store.images.verify import Picture


class Flag(StrEnum):
    """A word on a job, by which people find its picture."""

    ONE_COLOUR = "one-colour"  #: there is nothing to see
    SIZE = "size"  #: it is not as large as it was asked for
    SIMILAR = "similar"  #: it looks like another one of its batch


class Finding(NamedTuple):
    """One thing that looks wrong."""

    flag: Flag
    check: Check  #: what follows
    complaint: str  #: in words


def findings(picture: Picture, asked: tuple[int, int] | None, output: Output) -> Iterator[Finding]:
    """What looks wrong with it. Where nobody knows how large it should be, no size is wrong."""
    if picture.one_colour:
        yield Finding(Flag.ONE_COLOUR, output.one_colour, "one colour everywhere")
    if asked and not is_as_asked(asked, (picture.width, picture.height)):
        size = f"{picture.width} x {picture.height} pixels instead of {asked[0]} x {asked[1]}"
        yield Finding(Flag.SIZE, output.size, size)
