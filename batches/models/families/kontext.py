"""FLUX.1 Kontext: edits images, or creates them, at about one megapixel."""

from __future__ import annotations

from functools import partial

from batches.models.endpoint import Endpoint
from batches.models.families.fields import (
    PROMPT,
    SEED,
    UPSAMPLING,
    USER,
    WEBHOOK,
    input_images,
    output_format,
    safety_tolerance,
)
from batches.models.kinds import Kind
from batches.models.lanes import LaneClass
from batches.models.parameters import Parameter
from batches.models.price import PerImage
from batches.models.sizes import MEGAPIXEL, about
from batches.models.sources import PRICE
from batches.money import micro_credits as cr

_kontext = partial(
    Endpoint,
    size=about(MEGAPIXEL),
    parameters=(
        USER,
        PROMPT,
        *input_images(4),
        SEED,
        Parameter("aspect_ratio", Kind.RATIO, "Width to height; absent, that of the input.", nullable=True),
        output_format("png"),
        UPSAMPLING,
        safety_tolerance(6),
        *WEBHOOK,
    ),
)

ENDPOINTS = (
    _kontext(
        name="flux-kontext-pro",
        summary="FLUX.1 Kontext [pro]: edits or creates an image.",
        price=PerImage(cr("4"), source=PRICE),
    ),
    _kontext(
        name="flux-kontext-max",
        summary="FLUX.1 Kontext [max]: the better, slower and narrower lane of Kontext.",
        price=PerImage(cr("8"), source=PRICE),
        lane=LaneClass.KONTEXT_MAX,
    ),
)
