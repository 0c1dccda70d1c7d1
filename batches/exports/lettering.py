"""Words on a printed page, in the font that Pillow brings along."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

from PIL import ImageFont

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.ImageFont import FreeTypeFont

MOST = 600
"""Characters of a text that are looked at: no page has room for more of a prompt."""

CUT = "…"


@cache
def font(size: int) -> FreeTypeFont:
    """The font in so many pixels. What it has no sign for is drawn as a box."""
    return cast("FreeTypeFont", ImageFont.load_default(size))


def fitted(text: str, size: int, width: int, lines: int) -> list[str]:
    """The text in at most so many lines of so many pixels, broken between words where there are any."""
    found: list[str] = []
    for line in _broken(_plain(text), size, width):
        if len(found) == lines:
            found[-1] = _shortened(found[-1], size, width)
            break
        found.append(line)
    return found


def _broken(text: str, size: int, width: int) -> Iterator[str]:
    while text:
        end = _fitting(text, size, width)
        if end < len(text) and (blank := text.rfind(" ", 1, end + 1)) > 0:
            end = blank
        yield text[:end].rstrip()
        text = text[end:].lstrip()


def _fitting(text: str, size: int, width: int) -> int:
    """How many characters have room; one at least, so that there is an end."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if font(size).getlength(text[:middle]) <= width else (low, middle - 1)
    return low


def _shortened(line: str, size: int, width: int) -> str:
    while line and font(size).getlength(line + CUT) > width:
        line = line[:-1]
    return line.rstrip() + CUT


def _plain(text: str) -> str:
    """On one line, without what no font has: halves of characters, and signs that only steer a terminal."""
    whole = text[:MOST].encode(errors="replace").decode()
    return " ".join("".join(sign if sign.isprintable() else " " for sign in whole).split())
