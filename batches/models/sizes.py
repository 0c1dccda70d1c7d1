"""How many pixels come back: one rule for each way in which an endpoint sizes its image.

A rule is asked with the parameters (BFL's defaults filled in) and the pixels of each input image, in their order.
It answers None where the size cannot be known beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

Params: TypeAlias = Mapping[str, object]
Inputs: TypeAlias = tuple[int, ...]
SizeRule: TypeAlias = Callable[[Params, Inputs], int | None]

#: What BFL's prices call a megapixel, in pixels.
MEGAPIXEL = 1024 * 1024
#: FLUX.2 shrinks larger inputs to this, in pixels.
FLUX2_LARGEST_INPUT = 4 * MEGAPIXEL
#: An image of which nobody knows the size has at least so many pixels: BFL takes no side below 64.
LEAST_PIXELS = 64 * 64
#: It likely has so many: FLUX draws a megapixel unless it is asked for another size, and advises to stay near it.
LIKELY_PIXELS = MEGAPIXEL
#: And at most so many: FLUX.2, which bills by size, draws no larger and shrinks what is given.
MOST_PIXELS = FLUX2_LARGEST_INPUT
#: The length of a side that nobody named, in pixels. BFL says so where both are; one alone is taken alike.
FLUX2_SIDE = 1024

#: Models that cut sides to whole steps cut them to steps of at most so many pixels.
LONGEST_STEP = 16


def canvas(params: Params, _inputs: Inputs) -> int | None:
    """Width times height."""
    width, height = _side(params, "width"), _side(params, "height")
    return width * height if width and height else None


def flux2(params: Params, inputs: Inputs) -> int | None:
    """The canvas asked for, else that of the first input image, else a square of one megapixel."""
    width, height = _side(params, "width"), _side(params, "height")
    if (width and height) or not inputs:
        return (width or FLUX2_SIDE) * (height or FLUX2_SIDE)
    return None if width or height else min(inputs[0], FLUX2_LARGEST_INPUT)


def like_input(_params: Params, inputs: Inputs) -> int | None:
    """As large as the first input image."""
    return inputs[0] if inputs else None


def unforeseen(_params: Params, _inputs: Inputs) -> None:
    """The size shows only when the result is there."""


def about(pixels: int) -> SizeRule:
    """The same area whatever the ratio."""
    return lambda _params, _inputs: pixels


def by_resolution(areas: Mapping[str, int]) -> SizeRule:
    """The area, in pixels, that each resolution class stands for."""
    return lambda params, _inputs: areas.get(str(params.get("resolution")))


def asked(params: Params) -> tuple[int, int] | None:
    """Width and height, where both are asked for."""
    width, height = _side(params, "width"), _side(params, "height")
    return (width, height) if width and height else None


def is_as_asked(asked: tuple[int, int], found: tuple[int, int]) -> bool:
    """Whether a picture has the size that was asked for, or what a model makes of it that cuts to whole steps."""
    return all(want - LONGEST_STEP < got <= want for want, got in zip(asked, found, strict=True))


def _side(params: Params, name: str) -> int | None:
    """The length in pixels that a parameter asks for, if it does."""
    length = params.get(name)
    return length if isinstance(length, int) else None
