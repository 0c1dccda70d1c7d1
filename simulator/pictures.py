"""Draws the picture of a task: the prompt, readable, on a gradient whose colours follow prompt and seed."""

from __future__ import annotations

import hashlib
import io
from colorsys import hls_to_rgb
from functools import lru_cache
from random import Random
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from simulator.mp4 import Clip, wrapped
from simulator.sizes import Size

GRID = 4
"""The gradient is this many colours across and down, stretched smoothly over the picture."""
INK = (255, 255, 255)
SHADE = (0, 0, 0)
TYPE_SIZES = (10, 14, 20, 30, 45)
"""Letters are the shorter side of the picture divided by one of these."""
SMALLEST_PRINT = 9
"""Pixels; below that nobody can read it."""
LONGEST_TEXT = 1500
"""Letters of a prompt; more would fit into no picture."""
SAVE: dict[str, dict[str, int]] = {
    "jpeg": {"quality": 88},
    "png": {"compress_level": 1},
    "webp": {"quality": 80, "method": 0},
}
"""Quick encoders: a test rarely cares about a tenth of the size."""


class Picture(NamedTuple):
    """Everything that its bytes depend on."""

    prompt: str
    model: str
    seed: int
    width: int
    height: int
    format: str
    seconds: float


def draw(picture: Picture) -> bytes:
    """The same picture gives the same bytes."""
    image = _gradient(picture)
    pen = ImageDraw.Draw(image)
    side = min(picture.width, picture.height)
    margin = max(3, side // 16)
    small = _font(side // 36)
    foot = picture.height - margin - round(small.size)
    _write(pen, (margin, foot), f"{picture.model}   seed {picture.seed}", small)
    font, lines = _fitted(picture.prompt, Size(picture.width - 2 * margin, foot - 2 * margin), side)
    for number, line in enumerate(lines):
        _write(pen, (margin, margin + number * _leading(font)), line, font)
    return _encoded(image, picture)


def _encoded(image: Image.Image, picture: Picture) -> bytes:
    file = io.BytesIO()
    if picture.format == "mp4":
        image.save(file, format="jpeg")
        return wrapped(file.getvalue(), Clip(picture.width, picture.height, picture.seconds))
    image.save(file, format=picture.format, **SAVE[picture.format])
    return file.getvalue()


def _gradient(picture: Picture) -> Image.Image:
    dice = Random(hashlib.sha256(f"{picture.prompt} {picture.seed}".encode()).digest())
    hue = dice.random()
    corners = Image.new("RGB", (GRID, GRID))
    for place in range(GRID * GRID):
        red, green, blue = hls_to_rgb((hue + dice.uniform(-0.12, 0.12)) % 1, dice.uniform(0.2, 0.5), 0.6)
        corners.putpixel(divmod(place, GRID), (int(red * 255), int(green * 255), int(blue * 255)))
    return corners.resize((picture.width, picture.height), Image.Resampling.BICUBIC)


def _fitted(text: str, room: Size, side: int) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """The largest print that fits, and the text in lines; cut off when even the smallest is too large."""
    for share in TYPE_SIZES:
        font = _font(side // share)
        lines = _wrapped(text[:LONGEST_TEXT], font, room.width)
        if len(lines) * _leading(font) <= room.height:
            break
    return font, lines[: max(1, room.height // _leading(font))]


def _leading(font: ImageFont.FreeTypeFont) -> int:
    return round(font.size * 1.25)


def _wrapped(text: str, font: ImageFont.FreeTypeFont, room: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return [line for line in lines if line]


def _write(pen: ImageDraw.ImageDraw, place: tuple[int, int], text: str, font: ImageFont.FreeTypeFont) -> None:
    offset = max(1, round(font.size / 32))
    pen.text((place[0] + offset, place[1] + offset), text, font=font, fill=SHADE)
    pen.text(place, text, font=font, fill=INK)


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(max(SMALLEST_PRINT, size))
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font
