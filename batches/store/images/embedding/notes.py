"""What is written into a picture, and the pieces that come of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

Part: TypeAlias = bytes | range
"""What a picture is put together of: new bytes, or a stretch of the old ones."""

UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML has no way to spell, and UTF-8 neither."""


class LeftAsItIs(Exception):
    """Nothing can be written into this picture, or nothing may be."""


@dataclass(frozen=True, slots=True)
class Notes:
    """Two texts for everybody, and one for machines."""

    description: str  #: what the picture shows
    software: str  #: what made it
    facts: str  #: all the rest, as JSON without a letter beyond ASCII


def speakable(text: str) -> str:
    """The text with blanks for what cannot be written."""
    return UNSPEAKABLE.sub(" ", text)
