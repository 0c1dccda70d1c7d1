"""What becomes of a picture that looks wrong, and whether pictures say where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Check(StrEnum):
    """What follows when a picture does not pass."""

    #: The job is done and has a flag: the picture is paid, and a person decides.
    FLAG = "flag"
    #: The job has failed, and its picture is not kept.
    FAIL = "fail"
    #: Nothing: nobody looks.
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """How pictures are kept."""

    embed: bool = True  #: whether each has its provenance inside
    size: Check = Check.FLAG  #: where it is not as large as it was asked for
    one_colour: Check = Check.FLAG  #: where there is nothing to see on it
    similar: Check = Check.FLAG  #: where it looks like another of its batch; found by `verify`, so it fails nothing
