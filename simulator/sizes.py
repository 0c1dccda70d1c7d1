"""How large the result of a body is. Pure."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulator.inputs import Inputs

    SizeRule = Callable[[Mapping[str, Any], Inputs], "Size"]
    """From the fields of a body and what it brings along to the size of the result."""

MEGAPIXEL = 1024 * 1024
TIERS = {"768sq": 768**2, "1k": MEGAPIXEL, "1.5k": 1536**2, "2k": 4 * MEGAPIXEL, "4k": 16 * MEGAPIXEL}
"""Areas of flux-3-image."""
SCREENS = {"hd": 1280 * 720, "fhd": 1920 * 1080, "qhd": 2560 * 1440, "uhd": 3840 * 2160}
"""Areas of flux-3-video."""
LARGEST_UPSCALED = 13_750_000
"""Pixels of a frame that upscaling may reach."""


class Size(NamedTuple):
    """Pixels."""

    width: int
    height: int

    @property
    def pixels(self) -> int:
        """The area."""
        return self.width * self.height

    @property
    def ratio(self) -> str:
        """As bodies write it."""
        return f"{self.width}:{self.height}"


SQUARE = Size(1024, 1024)


def shrunk(size: Size, most: int) -> Size:
    """At most so many pixels, in the same proportions."""
    if size.pixels <= most:
        return size
    scale = sqrt(most / size.pixels)
    return Size(int(size.width * scale), int(size.height * scale))


def stepped(size: Size, step: int) -> Size:
    """Cut down to whole steps, of which there is at least one."""
    return Size(*(max(step, side // step * step) for side in size))


def framed(ratio: str, area: int, step: int) -> Size:
    """The frame of that ratio and about that area."""
    wide, high = (int(part) for part in ratio.split(":"))
    unit = sqrt(area / (wide * high))
    return stepped(Size(round(wide * unit), round(high * unit)), step)


def nothing(_fields: Mapping[str, Any], _inputs: Inputs) -> Size:
    """No result that could be delivered."""
    return Size(0, 0)


def as_asked(fields: Mapping[str, Any], _inputs: Inputs) -> Size:
    """Width and height of the body."""
    return Size(fields["width"], fields["height"])


def flux2(fields: Mapping[str, Any], inputs: Inputs) -> Size:
    """As asked, else like the first input image, else square; whole steps of 16 in every case."""
    width, height = fields["width"], fields["height"]
    if width or height:
        return stepped(Size(width or 1024, height or 1024), 16)
    return stepped(shrunk(inputs.images[0], 4 * MEGAPIXEL), 16) if inputs.images else SQUARE


def ultra(fields: Mapping[str, Any], _inputs: Inputs) -> Size:
    """About four megapixels of the ratio asked for."""
    return framed(fields["aspect_ratio"], 4 * MEGAPIXEL, 32)


def kontext(fields: Mapping[str, Any], inputs: Inputs) -> Size:
    """About one megapixel of the ratio asked for, else of the first input image, else square."""
    return framed(fields["aspect_ratio"] or _first_ratio(inputs, "1:1"), MEGAPIXEL, 16)


def flux3(fields: Mapping[str, Any], inputs: Inputs) -> Size:
    """The resolution's tier in the ratio asked for; `auto` follows the first reference, else it is square."""
    ratio = fields["aspect_ratio"]
    ratio = _first_ratio(inputs, "1:1") if ratio == "auto" else ratio
    return framed(ratio, TIERS[fields["resolution"]], 16)


def video(fields: Mapping[str, Any], inputs: Inputs) -> Size:
    """The resolution's screen in the ratio asked for; `auto` follows the input, else it is 16:9."""
    ratio = fields.get("aspect_ratio", "auto")
    ratio = _first_ratio(inputs, "16:9") if ratio == "auto" else ratio
    return framed(ratio, SCREENS[fields["resolution"]], 16)


def upscaled(fields: Mapping[str, Any], inputs: Inputs) -> Size:
    """The clip, so many times larger, up to a limit."""
    assert inputs.clip is not None
    factor = fields["upscale_factor"]
    size = Size(round(inputs.clip.width * factor), round(inputs.clip.height * factor))
    return stepped(shrunk(size, LARGEST_UPSCALED), 2)


def like_clip(_fields: Mapping[str, Any], inputs: Inputs) -> Size:
    """As large as the clip."""
    assert inputs.clip is not None
    return Size(inputs.clip.width, inputs.clip.height)


def like_image(_fields: Mapping[str, Any], inputs: Inputs) -> Size:
    """As large as the first input image, 1024 x 768 without one."""
    return inputs.images[0] if inputs.images else Size(1024, 768)


def up_to_four_megapixels(_fields: Mapping[str, Any], inputs: Inputs) -> Size:
    """As the first input image, shrunk when it is larger than that."""
    return stepped(shrunk(inputs.images[0], 4 * MEGAPIXEL), 16)


def expanded(fields: Mapping[str, Any], inputs: Inputs) -> Size:
    """The input image with its new margins."""
    across = (fields["left"] or 0) + (fields["right"] or 0)
    down = (fields["top"] or 0) + (fields["bottom"] or 0)
    return Size(inputs.images[0].width + across, inputs.images[0].height + down)


def _first_ratio(inputs: Inputs, otherwise: str) -> str:
    for model in (*inputs.images, inputs.clip, inputs.draft):
        if model is not None:
            return Size(model.width, model.height).ratio
    return otherwise
