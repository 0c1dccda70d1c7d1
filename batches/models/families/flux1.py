"""FLUX.1 and FLUX1.1: text to image, ultra, fill and expand, with the two finetuned forms still served."""

from __future__ import annotations

from dataclasses import replace

from batches.models.endpoint import Endpoint
from batches.models.families.fields import (
    FINETUNE_ID,
    FINETUNE_STRENGTH,
    FREE_PROMPT,
    GUIDANCE,
    IMAGE_PROMPT,
    SEED,
    STEPS,
    UPSAMPLING,
    USER,
    WEBHOOK,
    or_null,
    output_format,
    safety_tolerance,
)
from batches.models.kinds import Kind
from batches.models.parameters import Parameter
from batches.models.price import PerImage
from batches.models.sizes import MEGAPIXEL, about, canvas, like_input, unforeseen
from batches.models.sources import COMFY, MIRROR25, PRICE, Certainty
from batches.money import micro_credits as cr

SAFETY = safety_tolerance(6)
JPEG = output_format("jpeg")

WIDTH = Parameter("width", Kind.INTEGER, "Pixels across.", minimum=256, maximum=1440, step=32, default=1024)
HEIGHT = replace(WIDTH, name="height", sentence="Pixels down.", default=768)
CANVAS = (IMAGE_PROMPT, WIDTH, HEIGHT)

DEV_STEPS = replace(STEPS, minimum=1)
DEV_GUIDANCE = replace(GUIDANCE, minimum=1.5, maximum=5)

ULTRA = (
    *or_null(FREE_PROMPT),
    UPSAMPLING,
    SEED,
    Parameter("aspect_ratio", Kind.RATIO, "Width to height.", default="16:9"),
    SAFETY,
    JPEG,
    IMAGE_PROMPT,
    Parameter(
        "image_prompt_strength",
        Kind.NUMBER,
        "How much of the image prompt shows: 0 is none, 1 is all.",
        minimum=0,
        maximum=1,
        default=0.1,
    ),
    *WEBHOOK,
)

SOURCE_IMAGE = (
    Parameter(
        "image", Kind.IMAGE, "The image to change; its alpha channel may be the mask.", required=True, urls=False
    ),
    Parameter(
        "mask",
        Kind.IMAGE,
        "White is painted anew, black is kept; as large as the image.",
        nullable=True,
        same_size_as="image",
        urls=False,
    ),
)
PAINT_STEPS = replace(STEPS, minimum=15, default=50)
#: What is painted into an image, and how; the finetuned form takes no null here.
PAINT = (FREE_PROMPT, PAINT_STEPS, UPSAMPLING, replace(GUIDANCE, minimum=1.5, maximum=100, default=60))
PAINT_RESULT = (SEED, JPEG, SAFETY, *WEBHOOK)


def _margin(side: str) -> Parameter:
    return Parameter(
        side, Kind.INTEGER, f"Pixels to add at the {side}.", nullable=True, minimum=0, maximum=2048, default=0
    )


ENDPOINTS = (
    Endpoint(
        name="flux-pro-1.1",
        summary="FLUX1.1 [pro]: text to image, up to 1440 pixels a side.",
        price=PerImage(cr("4"), source=PRICE),
        size=canvas,
        parameters=(USER, *or_null(FREE_PROMPT), *CANVAS, UPSAMPLING, SEED, SAFETY, JPEG, *WEBHOOK),
    ),
    Endpoint(
        name="flux-pro-1.1-ultra",
        summary="FLUX1.1 [pro] ultra: text to image of about 4 megapixels, if wanted in a raw, natural look.",
        price=PerImage(cr("6"), source=PRICE),
        size=about(4 * MEGAPIXEL),
        parameters=(
            USER,
            *ULTRA,
            Parameter("raw", Kind.BOOLEAN, "Less polished, more like a photograph.", default=False),
        ),
    ),
    Endpoint(
        name="flux-dev",
        summary="FLUX.1 [dev]: text to image with the open weights.",
        price=PerImage(cr("2.5"), source=MIRROR25, certainty=Certainty.STALE),
        size=canvas,
        parameters=(
            USER,
            FREE_PROMPT,
            *CANVAS,
            *or_null(replace(DEV_STEPS, default=28), replace(DEV_GUIDANCE, default=3.0)),
            UPSAMPLING,
            SEED,
            SAFETY,
            JPEG,
            *WEBHOOK,
        ),
    ),
    Endpoint(
        name="flux-pro-1.0-fill",
        summary="FLUX.1 Fill [pro]: paints the masked part of an image anew.",
        price=PerImage(cr("5"), source=PRICE),
        size=like_input,
        parameters=(USER, *SOURCE_IMAGE, *or_null(*PAINT), *PAINT_RESULT),
    ),
    Endpoint(
        name="flux-pro-1.0-expand",
        summary="FLUX.1 Expand [pro]: adds pixels on any side of an image.",
        price=PerImage(cr("5"), source=COMFY, certainty=Certainty.UNOFFICIAL),
        size=unforeseen,
        parameters=(
            USER,
            replace(SOURCE_IMAGE[0], sentence="The image to expand."),
            *map(_margin, ("top", "bottom", "left", "right")),
            *or_null(*PAINT),
            *PAINT_RESULT,
        ),
    ),
    Endpoint(
        name="flux-pro-1.1-ultra-finetuned",
        summary="FLUX1.1 [pro] ultra with a finetune.",
        price=PerImage(cr("6"), source=PRICE),
        size=about(4 * MEGAPIXEL),
        parameters=(FINETUNE_ID, replace(FINETUNE_STRENGTH, default=1.2), *ULTRA),
    ),
    Endpoint(
        name="flux-pro-1.0-fill-finetuned",
        summary="FLUX.1 Fill [pro] with a finetune.",
        price=PerImage(cr("5"), source=PRICE),
        size=like_input,
        parameters=(
            USER,
            FINETUNE_ID,
            replace(FINETUNE_STRENGTH, default=1.1),
            *SOURCE_IMAGE,
            *PAINT,
            *PAINT_RESULT,
        ),
    ),
)
