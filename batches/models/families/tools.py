"""flux-tools: endpoints for one task each, on given images. Their prices are what was seen charged."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from batches.models.endpoint import Endpoint
from batches.models.families.fields import (
    DISABLE_UPSAMPLING,
    PROMPT,
    SEED,
    USER,
    WEBHOOK,
    output_format,
    safety_tolerance,
)
from batches.models.kinds import Kind
from batches.models.parameters import Parameter
from batches.models.price import ByChoice, PerImage, Unpriced
from batches.models.sizes import canvas, like_input, unforeseen
from batches.models.sources import LIVE, NOWHERE, Certainty
from batches.money import micro_credits as cr

SAFETY = safety_tolerance(5)
PNG = output_format("png")
IMAGE = Parameter("image", Kind.IMAGE, "The image to work on.", required=True)

WIDTH = Parameter("width", Kind.INTEGER, "Pixels across the whole canvas.", required=True, minimum=64)
OFFSET_X = Parameter(
    "reference_offset_x",
    Kind.INTEGER,
    "Pixels from the left edge to the image; absent, centred.",
    nullable=True,
)
OUTPAINTING = (
    USER,
    replace(IMAGE, name="input_image"),
    WIDTH,
    replace(WIDTH, name="height", sentence="Pixels down the whole canvas."),
    OFFSET_X,
    replace(
        OFFSET_X,
        name="reference_offset_y",
        sentence="Pixels from the top edge to the image; absent, centred.",
    ),
    Parameter("auto_crop", Kind.BOOLEAN, "Crop what does not fit on the canvas.", default=False),
    Parameter("mode", Kind.STRING, "Best quality, or speed.", default="high", choices=("high", "fast")),
    replace(PROMPT, required=False, nullable=True, sentence="A hint for the new part."),
    DISABLE_UPSAMPLING,
    SAFETY,
    PNG,
)
TRY_ON = (
    USER,
    PROMPT,
    Parameter("person", Kind.IMAGE, "Who wears it.", required=True),
    Parameter("garment", Kind.IMAGE, "What is worn.", required=True),
    SEED,
    SAFETY,
    output_format("jpeg"),
    *WEBHOOK,
)

_seen = partial(PerImage, source=LIVE, certainty=Certainty.OBSERVED)

ENDPOINTS = (
    Endpoint(
        name="flux-tools/outpainting-v1",
        summary="Places an image on a larger canvas and paints the rest.",
        price=ByChoice("mode", (("high", cr("20")), ("fast", cr("4.5"))), source=LIVE, certainty=Certainty.OBSERVED),
        size=canvas,
        parameters=OUTPAINTING,
        open=False,
    ),
    Endpoint(
        name="flux-tools/erase-v1",
        summary="Removes what a mask marks from an image.",
        price=_seen(cr("3")),
        size=like_input,
        parameters=(
            USER,
            IMAGE,
            Parameter(
                "mask", Kind.IMAGE, "White is removed; as large as the image.", required=True, same_size_as="image"
            ),
            Parameter(
                "dilate_pixels",
                Kind.INTEGER,
                "Pixels to widen the mask by.",
                minimum=0,
                maximum=25,
                default=10,
            ),
            SEED,
            SAFETY,
            PNG,
            *WEBHOOK,
        ),
    ),
    Endpoint(
        name="flux-tools/deblur-v1",
        summary="Sharpens a blurred image.",
        price=_seen(cr("3")),
        size=like_input,
        parameters=(USER, IMAGE, SEED, SAFETY, PNG, *WEBHOOK),
    ),
    Endpoint(
        name="flux-tools/vto-v1",
        summary="Virtual try-on: dresses a person in a garment.",
        price=Unpriced(source=NOWHERE),
        size=unforeseen,
        parameters=TRY_ON,
    ),
    Endpoint(
        name="flux-tools/vto-v2",
        summary="Virtual try-on with images of up to 4 megapixels.",
        price=_seen(cr("4.75")),
        size=unforeseen,
        parameters=TRY_ON,
    ),
)
