"""What an endpoint asks of its inputs beyond each being sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulator.inputs import Inputs

    Check = Callable[[Mapping[str, Any], Inputs], None]
    """From the fields of a body and what it brings along to nothing, or a refusal."""

LARGEST_CLIP = 2560 * 1440
LONGEST_CLIP = 21
"""Seconds: a clip slightly over 20 is cut, a longer one refused."""


def nothing(_fields: Mapping[str, Any], _inputs: Inputs) -> None:
    """Everything sound will do."""


def upscalable(_fields: Mapping[str, Any], inputs: Inputs) -> None:
    """The clip is neither too long nor too large to be upscaled."""
    assert inputs.clip is not None
    if inputs.clip.width * inputs.clip.height > LARGEST_CLIP:
        raise Refusal(400, "The input video may have at most 2560x1440 pixels")
    if inputs.clip.seconds > LONGEST_CLIP:
        raise Refusal(400, "The input video may run for at most 20 seconds")


def on_canvas(fields: Mapping[str, Any], inputs: Inputs) -> None:
    """The input image lies within the canvas, or may be cropped."""
    if fields["auto_crop"]:
        return
    for side, length in (("x", "width"), ("y", "height")):
        free = fields[length] - getattr(inputs.images[0], length)
        offset = fields[f"reference_offset_{side}"]
        if free < 0 or not 0 <= (free // 2 if offset is None else offset) <= free:
            raise Refusal(400, "The input image extends beyond the canvas; set auto_crop to crop it")
